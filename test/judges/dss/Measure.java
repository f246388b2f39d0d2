import eu.europa.esig.dss.cades.CAdESSignatureParameters;
import eu.europa.esig.dss.cades.signature.CAdESService;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.enumerations.SignaturePackaging;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.InMemoryDocument;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.ToBeSigned;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.pades.PAdESSignatureParameters;
import eu.europa.esig.dss.pades.signature.PAdESService;
import eu.europa.esig.dss.signature.AbstractSignatureParameters;
import eu.europa.esig.dss.signature.DocumentSignatureService;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.xades.XAdESSignatureParameters;
import eu.europa.esig.dss.xades.signature.XAdESService;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/**
 * Works through turns of one thread with EU DSS. Arguments: a PKCS#12 file with an RSA key and its password, then trust anchors.
 * Each line on standard input, `TASK FILE MILLISECONDS`, is a turn; the answer is how often it was done, in how many nanoseconds of
 * the clock, and of the processor for the whole machine. `once` in place of the milliseconds: the result goes to FILE.dss.
 */
public class Measure {
    private final PrivateKey key;
    private final CertificateToken signer;
    private final List<CertificateToken> chain = new ArrayList<>();
    private final CommonCertificateVerifier verifier = new CommonCertificateVerifier(true);

    private Measure(String[] arguments) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = new FileInputStream(arguments[0])) {
            store.load(file, arguments[1].toCharArray());
        }
        String alias = store.aliases().nextElement();
        key = (PrivateKey) store.getKey(alias, arguments[1].toCharArray());
        for (Certificate one : store.getCertificateChain(alias)) chain.add(new CertificateToken((X509Certificate) one));
        signer = chain.get(0);
        CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
        for (int i = 2; i < arguments.length; i++)
            trusted.addCertificate(eu.europa.esig.dss.spi.DSSUtils.loadCertificate(new File(arguments[i])));
        verifier.setTrustedCertSources(trusted);
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
        System.setOut(System.err);
        Measure measure = new Measure(arguments);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = in.readLine()) != null; ) {
            String[] words = line.split("\t");
            byte[] document = Files.readAllBytes(Path.of(words[1]));
            if (words[2].equals("once")) {
                Files.write(Path.of(words[1] + ".dss"), measure.done(words[0], document));
                out.println("written");
            } else out.println(measure.turn(words[0], document, Long.parseLong(words[2]) * 1_000_000));
        }
    }

    private String turn(String task, byte[] document, long length) throws Exception {
        long cpu = processorTime();
        long start = System.nanoTime();
        int count = 0;
        long elapsed;
        do {
            done(task, document);
            count++;
            elapsed = System.nanoTime() - start;
        } while (elapsed < length);
        return count + " " + elapsed + " " + (processorTime() - cpu);
    }

    private byte[] done(String task, byte[] document) throws Exception {
        switch (task) {
            case "raw":
                return value(document);
            case "xades": {
                XAdESSignatureParameters parameters = new XAdESSignatureParameters();
                parameters.setSignaturePackaging(SignaturePackaging.ENVELOPED);
                return signed(new XAdESService(verifier), parameters, SignatureLevel.XAdES_BASELINE_B, document);
            }
            case "pades":
                return signed(new PAdESService(verifier), new PAdESSignatureParameters(), SignatureLevel.PAdES_BASELINE_B, document);
            case "cades": {
                CAdESSignatureParameters parameters = new CAdESSignatureParameters();
                parameters.setSignaturePackaging(SignaturePackaging.ENVELOPING);
                return signed(new CAdESService(verifier), parameters, SignatureLevel.CAdES_BASELINE_B, document);
            }
            case "validate": {
                SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new InMemoryDocument(document));
                validator.setCertificateVerifier(verifier);
                return validator.validateDocument().getXmlSimpleReport().getBytes();
            }
            default:
                throw new IllegalArgumentException(task);
        }
    }

    private <P extends AbstractSignatureParameters<?>> byte[] signed(
            DocumentSignatureService<P, ?> service, P parameters, SignatureLevel level, byte[] document) throws Exception {
        parameters.setSignatureLevel(level);
        parameters.setDigestAlgorithm(DigestAlgorithm.SHA256);
        parameters.setSigningCertificate(signer);
        parameters.setCertificateChain(chain);
        parameters.bLevel().setSigningDate(new Date());
        DSSDocument original = new InMemoryDocument(document);
        ToBeSigned octets = service.getDataToSign(original, parameters);
        SignatureValue value = new SignatureValue(SignatureAlgorithm.RSA_SHA256, value(octets.getBytes()));
        try (InputStream result = service.signDocument(original, parameters, value).openStream()) {
            return result.readAllBytes();
        }
    }

    private byte[] value(byte[] octets) throws Exception {
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update(octets);
        return signature.sign();
    }

    /** With the threads that compile and collect. */
    private static long processorTime() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
