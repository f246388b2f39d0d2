/** The system's Noto fonts for tests, or why they are not there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FontFile } from '../../src/render/index.ts';

const TRUETYPE = '/usr/share/fonts/truetype/noto';
const CJK = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';

/** By the script that each is for; the CJK collection holds Japanese, Korean and Chinese. */
const FILES: Readonly<Record<string, readonly [path: string, index?: number]>> = {
  latin: [join(TRUETYPE, 'NotoSans-Regular.ttf')],
  arabic: [join(TRUETYPE, 'NotoSansArabic-Regular.ttf')],
  hebrew: [join(TRUETYPE, 'NotoSansHebrew-Regular.ttf')],
  devanagari: [join(TRUETYPE, 'NotoSansDevanagari-Regular.ttf')],
  japanese: [CJK, 0],
  korean: [CJK, 1],
  chinese: [CJK, 2],
};

const missing = Object.values(FILES)
  .map(([path]) => path)
  .filter((path) => !existsSync(path));

/** Whether all of them are installed; where not, said once. */
export const hasNoto = missing.length === 0;
if (!hasNoto) console.warn(`skipped: no font ${[...new Set(missing)].join(', ')} (packages fonts-noto-core, fonts-noto-cjk)`);

export const noto = (...names: (keyof typeof FILES)[]): FontFile[] =>
  names.map((name) => {
    const [path, index = 0] = FILES[name] ?? [''];
    return { bytes: readFileSync(path), index };
  });

/** Scripts, their text, and the fonts that it takes. */
export const SCRIPTS: readonly [script: string, fonts: readonly string[], lines: readonly string[]][] = [
  ['Latin', ['latin'], ['Digitally signed by Zoë Çelik', 'Office “fi” – AV To, Łódź']],
  ['Greek', ['latin'], ['Υπογράφηκε ψηφιακά', 'από τη Μαρία Παπαδοπούλου']],
  ['Cyrillic', ['latin'], ['Подписано электронно', 'Юлия Щербакова, Київ']],
  ['Arabic', ['latin', 'arabic'], ['وقّعه رقميًا محمد الأمين', 'في 23/11/2026 (PAdES)']],
  ['Hebrew', ['latin', 'hebrew'], ['נחתם דיגיטלית על ידי דָּוִד', 'בתאריך 23.11.2026 (PAdES)']],
  ['Devanagari', ['latin', 'devanagari'], ['हस्ताक्षरित: श्रीकृष्ण त्रिपाठी', 'डिजिटल क्षेत्र, दिल्ली']],
  ['Chinese', ['latin', 'chinese'], ['数字签名：王小明', '原因：我同意本合同的全部条款，骨直角']],
  ['Japanese', ['latin', 'japanese'], ['電子署名：山田太郎', '理由：この契約に同意します、骨直角']],
  ['Korean', ['latin', 'korean'], ['전자 서명: 김철수', '사유: 계약에 동의합니다']],
];
