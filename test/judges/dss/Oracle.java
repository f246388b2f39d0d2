import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.EvidenceRecordWrapper;
import eu.europa.esig.dss.diagnostic.PDFRevisionWrapper;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.diagnostic.TimestampWrapper;
import eu.europa.esig.dss.diagnostic.CertificateWrapper;
import eu.europa.esig.dss.diagnostic.jaxb.XmlCommitmentTypeIndication;
import eu.europa.esig.dss.diagnostic.jaxb.XmlDigestMatcher;
import eu.europa.esig.dss.diagnostic.jaxb.XmlSignerRole;
import eu.europa.esig.dss.enumerations.Indication;
import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Judges signed documents by EU DSS, offline: a line on standard input asks, a line of JSON on standard output answers. A question is
 * made of words KEY=VALUE with tabs between them: `file` once; `at` in milliseconds; `trust`, `detached`, `record` as often as needed;
 * `policy=no-revocation` where revocation data that is missing is to be no failure.
 */
public class Oracle {
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = questions.readLine()) != null;) answers.println(json(answer(line.split("\t"))));
    }

    private static Object answer(String[] words) {
        try {
            return described(judged(words));
        } catch (Throwable error) {
            return Map.of("error", error.getClass().getSimpleName() + ": " + error.getMessage());
        }
    }

    private static Reports judged(String[] words) throws Exception {
        String file = null;
        Date at = new Date();
        boolean strict = true;
        CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
        List<DSSDocument> detached = new ArrayList<>();
        List<DSSDocument> records = new ArrayList<>();
        for (String word : words) {
            String value = word.substring(word.indexOf('=') + 1);
            switch (word.substring(0, word.length() - value.length())) {
                case "file=" -> file = value;
                case "at=" -> at = new Date(Long.parseLong(value));
                case "trust=" -> trusted.addCertificate(DSSUtils.loadCertificate(new File(value)));
                case "detached=" -> detached.add(new FileDocument(value));
                case "record=" -> records.add(new FileDocument(value));
                case "policy=" -> strict = !value.equals("no-revocation");
                default -> throw new IllegalArgumentException("no question: " + word);
            }
        }
        CommonCertificateVerifier verifier = new CommonCertificateVerifier(true);
        verifier.setTrustedCertSources(trusted);
        SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(file));
        validator.setCertificateVerifier(verifier);
        validator.setValidationTime(at);
        if (!detached.isEmpty()) validator.setDetachedContents(detached);
        if (!records.isEmpty()) validator.setDetachedEvidenceRecordDocuments(records);
        return strict ? validator.validateDocument() : validator.validateDocument(withoutRevocation());
    }

    /** The policy that DSS has by itself, but for what it asks of revocation data. */
    private static InputStream withoutRevocation() throws Exception {
        try (InputStream policy = Oracle.class.getResourceAsStream("/policy/constraint.xml")) {
            String text = new String(policy.readAllBytes(), StandardCharsets.UTF_8);
            String eased = text.replaceAll("<(RevocationDataAvailable|AcceptableRevocationDataFound) Level=\"\\w+\"", "<$1 Level=\"IGNORE\"");
            return new ByteArrayInputStream(eased.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Object described(Reports reports) {
        DiagnosticData data = reports.getDiagnosticData();
        SimpleReport simple = reports.getSimpleReport();
        Set<String> held = new HashSet<>();
        for (SignatureWrapper signature : data.getSignatures()) held.addAll(signature.getTimestampIdsList());
        List<TimestampWrapper> alone = new ArrayList<>(data.getNonEvidenceRecordTimestamps());
        alone.removeIf(stamp -> held.contains(stamp.getId()));
        List<Object> signatures = new ArrayList<>();
        for (SignatureWrapper signature : data.getSignatures()) signatures.add(signature(signature, signatures.size(), simple));
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("sigs", signatures);
        all.put("tsts", each(alone, stamp -> timestamp(stamp, simple)));
        all.put("ers", each(data.getEvidenceRecords(), record -> record(record, simple)));
        return all;
    }

    private static Object signature(SignatureWrapper signature, int i, SimpleReport simple) {
        String id = signature.getId();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("i", i);
        facts.put("level", signature.getSignatureFormat());
        conclusion(facts, id, simple);
        facts.put("best", simple.getBestSignatureTime(id));
        facts.put("claimed", signature.getClaimedSigningTime());
        facts.put("sc", fingerprint(signature.getSigningCertificate()));
        facts.put("intact", signature.isSignatureIntact());
        facts.put("valid", signature.isSignatureValid());
        facts.put("structOk", signature.isStructuralValidationValid());
        facts.put("dm", each(signature.getDigestMatchers(), Oracle::reference));
        facts.put("tsts", each(signature.getTimestampList(), stamp -> timestamp(stamp, simple)));
        facts.put("counter", signature.isCounterSignature());
        if (signature.isPolicyPresent() && signature.getPolicyId() != null)
            facts.put("policy", Map.of("id", signature.getPolicyId(), "identified", signature.isPolicyIdentified(), "digestValid", signature.isPolicyDigestValid()));
        facts.put("commit", each(signature.getCommitmentTypeIndications(), XmlCommitmentTypeIndication::getIdentifier));
        facts.put("roles", each(signature.getSignerRoles(), XmlSignerRole::getRole));
        if (signature.getPDFRevision() != null) facts.put("pdf", pdf(signature.getPDFRevision()));
        return facts;
    }

    private static Object pdf(PDFRevisionWrapper revision) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("fields", revision.getSignatureFieldNames());
        facts.put("byteRange", revision.getSignatureByteRange());
        facts.put("byteRangeValid", revision.isSignatureByteRangeValid());
        facts.put("dictConsistent", revision.isPdfSignatureDictionaryConsistent());
        facts.put("subFilter", revision.getSubFilter());
        facts.put("docMDP", revision.getDocMDPPermissions());
        facts.put("modified", revision.arePdfModificationsDetected());
        facts.put("ext", revision.getPdfExtensionChanges().size());
        facts.put("form", revision.getPdfSignatureOrFormFillChanges().size());
        facts.put("annot", revision.getPdfAnnotationChanges().size());
        facts.put("undef", revision.getPdfUndefinedChanges().size());
        return facts;
    }

    private static Object timestamp(TimestampWrapper stamp, SimpleReport simple) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("type", stamp.getType());
        facts.put("time", stamp.getProductionTime());
        conclusion(facts, stamp.getId(), simple);
        facts.put("miFound", stamp.isMessageImprintDataFound());
        facts.put("miIntact", stamp.isMessageImprintDataIntact());
        facts.put("valid", stamp.isSignatureValid());
        facts.put("tsa", fingerprint(stamp.getSigningCertificate()));
        return facts;
    }

    private static Object record(EvidenceRecordWrapper record, SimpleReport simple) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("type", record.getEvidenceRecordType());
        conclusion(facts, record.getId(), simple);
        facts.put("poe", simple.getEvidenceRecordPOE(record.getId()));
        facts.put("dm", each(record.getDigestMatchers(), Oracle::reference));
        facts.put("tsts", each(record.getTimestampList(), stamp -> timestamp(stamp, simple)));
        return facts;
    }

    private static void conclusion(Map<String, Object> facts, String id, SimpleReport simple) {
        Indication indication = simple.getIndication(id);
        facts.put("ind", indication);
        facts.put("sub", simple.getSubIndication(id));
        facts.put("errs", each(simple.getAdESValidationErrors(id), Message::getKey));
        facts.put("warns", each(simple.getAdESValidationWarnings(id), Message::getKey));
    }

    private static Object reference(XmlDigestMatcher matcher) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("t", matcher.getType());
        facts.put("f", matcher.isDataFound());
        facts.put("i", matcher.isDataIntact());
        facts.put("uri", matcher.getUri());
        return facts;
    }

    private static String fingerprint(CertificateWrapper certificate) {
        return certificate == null ? null : HexFormat.of().formatHex(certificate.getDigestAlgoAndValue().getDigestValue());
    }

    private static <T> List<Object> each(Collection<T> items, Function<T, Object> described) {
        List<Object> all = new ArrayList<>();
        for (T item : items) all.add(described.apply(item));
        return all;
    }

    /** What is null has no member. */
    private static String json(Object value) {
        List<String> parts = new ArrayList<>();
        if (value instanceof Map<?, ?> members) {
            members.forEach((name, member) -> {
                if (member != null) parts.add(json(name) + ":" + json(member));
            });
            return "{" + String.join(",", parts) + "}";
        }
        if (value instanceof Collection<?> items) {
            for (Object item : items) parts.add(json(item));
            return "[" + String.join(",", parts) + "]";
        }
        if (value == null || value instanceof Number || value instanceof Boolean) return String.valueOf(value);
        StringBuilder text = new StringBuilder("\"");
        for (char c : (value instanceof Date date ? date.toInstant() : value).toString().toCharArray())
            text.append(c < ' ' || c > '~' || c == '"' || c == '\\' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        return text.append('"').toString();
    }
}
