/** What only a PDF signature takes: how it looks, what it certifies and locks, what it states beside reason and place. */
import { Fault } from '../base/fault.ts';
import type { FieldsToLock, SignaturePlace, SignOptions, VisibleSignature } from '../sign.ts';
import { type Arguments, type Option, oneOf, Usage } from './arguments.ts';
import { aboutFile, readBytes, readText } from './files.ts';
import { POLICY_OPTIONS, policyNamed } from './signature-policy.ts';

export const PDF_OPTIONS: Readonly<Record<string, Option>> = {
  visible: {
    value: 'PAGE,X,Y,W,H',
    many: true,
    help: 'show the signature: page from 1, lower left corner and size in points; again: there too',
  },
  text: { value: 'T', many: true, help: 'a line to show, instead of signer and time' },
  image: { value: 'FILE', help: 'picture to show (JPEG or PNG)' },
  drawing: { value: 'FILE', help: 'signature drawn by hand: strokes as JSON [[[x,y],…],…], or an SVG file with paths' },
  layout: { value: 'NAME', help: 'image-left (default), image-behind or name-left (the name large)' },
  font: {
    value: 'FILE[#N]',
    many: true,
    help: 'TrueType or OpenType font to embed (N: number in a collection); several are tried in turn',
  },
  'font-language': { value: 'TAG', help: 'language of the text, such as zh-Hant, where a font draws it in its own way' },
  'font-size': { value: 'POINTS', help: 'size of the text; default: the largest that fits, 12 at most' },
  color: { value: '#RRGGBB', help: 'colour of text and drawing' },
  background: { value: '#RRGGBB', help: 'colour behind them' },
  border: { value: '#RRGGBB[,WIDTH]', help: 'frame around them' },
  certify: { value: '1|2|3', help: 'certify the document: 1 nothing may change, 2 forms and signatures may follow, 3 comments too' },
  lock: { value: 'all|include|exclude', help: 'form fields that may not change any more: all, those of --lock-field, or all others' },
  'lock-field': { value: 'NAME', many: true, help: 'field for --lock' },
  'lock-permission': { value: '1|2|3', help: 'with --lock in a new field: what may change from then on, as for --certify (PDF 2.0)' },
};

/** Options of CAdES that a PDF signature takes too. */
export const SHARED_STATEMENTS: readonly string[] = ['commitment', 'role', 'content-timestamp', ...Object.keys(POLICY_OPTIONS)];

type PdfStatements = Pick<SignOptions, 'visible' | 'certify' | 'lock' | 'policy' | 'commitmentTypes' | 'claimedRoles'>;

/** Throws `Usage`, `Fault`. */
export async function pdfOptionsFrom(args: Arguments): Promise<PdfStatements> {
  const visible = await visibleFrom(args);
  const certify = permissionFrom(args, 'certify');
  const lock = lockFrom(args);
  const [commitmentTypes, claimedRoles] = [args.all('commitment'), args.all('role')];
  const wrong = commitmentTypes.find((oid) => !OID.test(oid));
  if (wrong !== undefined) throw new Usage(`--commitment is '${wrong}', but must be an object identifier`);
  return {
    ...(visible !== undefined && { visible }),
    ...(certify !== undefined && { certify }),
    ...(lock !== undefined && { lock }),
    ...policyNamed(args),
    ...(commitmentTypes.length > 0 && { commitmentTypes }),
    ...(claimedRoles.length > 0 && { claimedRoles }),
  };
}

/** With --field the places may be those of the field. */
async function visibleFrom(args: Arguments): Promise<VisibleSignature | undefined> {
  const places = args.all('visible').map(placeOf);
  const stray = LOOKS.find((option) => args.has(option));
  if (places.length === 0 && stray === undefined) return undefined;
  if (places.length === 0 && !args.has('field'))
    throw new Usage(`--${stray} needs --visible PAGE,X,Y,W,H, or --field with the name of a field`);
  const [first, ...more] = places;
  const [image, text, size] = [args.get('image'), args.all('text'), args.get('font-size')];
  if (size !== undefined && !/^\d{1,3}(\.\d+)?$/.test(size)) throw new Usage(`--font-size is '${size}', but must be a number of points`);
  const drawing = drawingFrom(args.get('drawing'));
  const fonts = await fontsFrom(args);
  const [color, background, border] = [args.get('color'), args.get('background'), args.get('border')];
  const [borderColor = '', borderWidth] = border?.split(',') ?? [];
  return {
    ...first,
    ...(more.length > 0 && { more }),
    ...(text.length > 0 && { text }),
    ...(image !== undefined && { image: readBytes(image) }),
    ...(drawing !== undefined && { drawing }),
    ...(fonts !== undefined && { fonts }),
    ...(size !== undefined && { fontSize: Number(size) }),
    ...(args.has('layout') && { layout: oneOf(args, 'layout', ['image-left', 'image-behind', 'name-left'], 'image-left') }),
    ...(color !== undefined && { color }),
    ...(background !== undefined && { background }),
    ...(border !== undefined && { border: { color: borderColor, ...(borderWidth !== undefined && { width: Number(borderWidth) }) } }),
  };
}

function placeOf(given: string): SignaturePlace {
  const numbers = given.split(',').map((part) => (/^-?\d+(\.\d+)?$/.test(part.trim()) ? Number(part) : Number.NaN));
  const [page = Number.NaN, x = 0, y = 0, width = 0, height = 0] = numbers;
  if (numbers.length !== 5 || numbers.some(Number.isNaN) || !Number.isInteger(page) || page < 1 || width <= 0 || height <= 0) {
    throw new Usage(`--visible is '${given}', but must be PAGE,X,Y,W,H: a page from 1, then points, width and height above 0`);
  }
  return { page, x, y, width, height };
}

async function fontsFrom(args: Arguments): Promise<VisibleSignature['fonts']> {
  const files = args.all('font').map((argument) => {
    const [, path = argument, index] = /^(.*)#(\d{1,3})$/.exec(argument) ?? [];
    return { bytes: readBytes(path), ...(index !== undefined && { index: Number(index) }) };
  });
  if (files.length === 0) return undefined;
  const language = args.get('font-language');
  const { openFonts } = await import('../render/index.ts');
  try {
    return await openFonts(files, language === undefined ? {} : { language });
  } catch (error) {
    throw files.length === 1 ? aboutFile(args.all('font')[0] ?? '', error) : error;
  }
}

/** Strokes as JSON, or what the paths of an SVG file draw. */
function drawingFrom(path: string | undefined): VisibleSignature['drawing'] {
  if (path === undefined) return undefined;
  const text = readText(path);
  if (text.trimStart().startsWith('[')) {
    const strokes = strokesOf(text);
    if (strokes === null) throw new Fault('malformed-input', `${path} holds no strokes: a list of lists of points [x, y]`);
    return { strokes };
  }
  const paths = [...text.matchAll(/<path\b[^>]*?\sd\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, double, single]) => double ?? single ?? '');
  if (paths.length === 0) throw new Fault('malformed-input', `${path} is neither JSON with strokes nor SVG with paths`);
  return { path: paths.join(' ') };
}

function strokesOf(text: string): [number, number][][] | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  const isPoint = (value: unknown): boolean => Array.isArray(value) && value.length >= 2 && value.slice(0, 2).every(Number.isFinite);
  const good = Array.isArray(read) && read.every((stroke) => Array.isArray(stroke) && stroke.every(isPoint));
  return good ? (read as [number, number][][]) : null;
}

function permissionFrom(args: Arguments, option: 'certify' | 'lock-permission'): 1 | 2 | 3 | undefined {
  if (!args.has(option)) return undefined;
  return PERMISSIONS[oneOf(args, option, ['1', '2', '3'], '1')];
}

function lockFrom(args: Arguments): FieldsToLock | undefined {
  const [fields, permission] = [args.all('lock-field'), permissionFrom(args, 'lock-permission')];
  if (!args.has('lock')) {
    if (fields.length > 0 || permission !== undefined)
      throw new Usage('--lock-field and --lock-permission need --lock all, include or exclude');
    return undefined;
  }
  const action = oneOf(args, 'lock', ['all', 'include', 'exclude'], 'all');
  return { action, ...(fields.length > 0 && { fields }), ...(permission !== undefined && { permission }) };
}

const OID = /^[0-2](\.\d+)+$/;
const PERMISSIONS = { 1: 1, 2: 2, 3: 3 } as const;
/** Options that say how a signature looks, not where. */
const LOOKS = ['text', 'image', 'drawing', 'layout', 'font', 'font-language', 'font-size', 'color', 'background', 'border'];
