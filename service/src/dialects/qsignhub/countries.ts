/** Identity providers by country. In test mode all are played; which are real in live mode is a matter of configuration. */

interface Country {
  readonly country: string;
  readonly name: string;
  readonly providers: readonly string[];
  readonly levels: readonly ('qes' | 'aes')[];
}

export const COUNTRIES: readonly Country[] = [
  { country: 'PL', name: 'Poland', providers: ['Profil Zaufany', 'mObywatel', 'KIR'], levels: ['qes', 'aes'] },
  { country: 'DE', name: 'Germany', providers: ['BankID', 'Bundesdruckerei nPA'], levels: ['qes', 'aes'] },
  { country: 'FR', name: 'France', providers: ['France Identité', 'La Poste'], levels: ['qes', 'aes'] },
  { country: 'ES', name: 'Spain', providers: ['DNIe', 'Cl@ve'], levels: ['qes', 'aes'] },
  { country: 'IT', name: 'Italy', providers: ['SPID', 'CIE'], levels: ['qes', 'aes'] },
  { country: 'CZ', name: 'Czechia', providers: ['Bankovní identita', 'eObčanka'], levels: ['qes', 'aes'] },
  { country: 'AT', name: 'Austria', providers: ['ID Austria'], levels: ['qes', 'aes'] },
  { country: 'BE', name: 'Belgium', providers: ['itsme', 'eID'], levels: ['qes', 'aes'] },
  { country: 'BG', name: 'Bulgaria', providers: ['Evrotrust'], levels: ['qes', 'aes'] },
  { country: 'HR', name: 'Croatia', providers: ['eOsobna'], levels: ['qes', 'aes'] },
  { country: 'DK', name: 'Denmark', providers: ['MitID'], levels: ['aes'] },
  { country: 'EE', name: 'Estonia', providers: ['Mobiil-ID', 'Smart-ID', 'ID-kaart'], levels: ['qes', 'aes'] },
  { country: 'FI', name: 'Finland', providers: ['FTN', 'HST-kortti'], levels: ['aes'] },
  { country: 'GR', name: 'Greece', providers: ['gov.gr'], levels: ['aes'] },
  { country: 'HU', name: 'Hungary', providers: ['DÁP', 'eSzemélyi'], levels: ['qes', 'aes'] },
  { country: 'IE', name: 'Ireland', providers: ['MyGovID'], levels: ['aes'] },
  { country: 'LV', name: 'Latvia', providers: ['eParaksts mobile', 'Smart-ID'], levels: ['qes', 'aes'] },
  { country: 'LT', name: 'Lithuania', providers: ['Mobilusis parašas', 'Smart-ID'], levels: ['qes', 'aes'] },
  { country: 'LU', name: 'Luxembourg', providers: ['LuxTrust'], levels: ['qes', 'aes'] },
  { country: 'NL', name: 'Netherlands', providers: ['DigiD', 'iDIN'], levels: ['aes'] },
];
