/** Catalogues of algorithms as they are written: `SecuritySuitabilityPolicy` in XML (RFC 5698) and in JSON (TS 119 322). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { fromIso } from '../base/instant.ts';
import { fromUtf8 } from '../base/text.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { parseXml } from '../xml/parse.ts';
import { attributeNamed, elementNamed, elementsNamed, isNamed, textOf } from '../xml/query.ts';

export interface Catalogue {
  readonly name: string;
  readonly version: string | null;
  /** The day on which it was issued. */
  readonly issued: string | null;
  readonly algorithms: readonly CatalogueAlgorithm[];
}

export interface CatalogueAlgorithm {
  readonly name: string;
  readonly oids: readonly string[];
  readonly uris: readonly string[];
  readonly evaluations: readonly Evaluation[];
}

/** For keys of these parameters, good until a day, or without end. */
export interface Evaluation {
  readonly parameters: readonly { readonly name: string; readonly minimum: number }[];
  readonly end: string | null;
}

/** Told apart by the first octet. Throws Fault `malformed-input`. */
export function readCatalogue(file: Bytes): Catalogue {
  const first = file.find((octet) => octet > 0x20 && octet !== 0xef && octet !== 0xbb && octet !== 0xbf);
  const catalogue = first === BRACE ? fromJson(file) : fromXml(file);
  if (catalogue.algorithms.length === 0) fail('it lists no algorithm');
  return catalogue;
}

function fromXml(file: Bytes): Catalogue {
  const read = parseXml(file);
  if (!read.ok) return fail(`offset ${read.malformed.at}: ${read.malformed.reason}`);
  const document = read.value;
  if (!isNamed(document, document.root, DSSC, 'SecuritySuitabilityPolicy'))
    return fail('the document element is not SecuritySuitabilityPolicy of RFC 5698');
  const policyName = elementNamed(document, document.root, DSSC, 'PolicyName');
  const child = (node: XmlNode | null, name: string): string | null => (node === null ? null : textIn(document, node, name));
  return {
    name: child(policyName, 'Name') ?? 'catalogue of algorithms',
    version: child(policyName, 'ObjectIdentifier'),
    issued: dayOf(child(document.root, 'PolicyIssueDate')),
    algorithms: elementsNamed(document, document.root, DSSC, 'Algorithm').map((node) => algorithmOf(document, node)),
  };
}

function algorithmOf(document: XmlDocument, node: XmlNode): CatalogueAlgorithm {
  const identifier = elementNamed(document, node, DSSC, 'AlgorithmIdentifier') ?? fail('an Algorithm has no AlgorithmIdentifier');
  const all = (name: string): string[] => elementsNamed(document, identifier, DSSC, name).map((each) => textOf(document, each).trim());
  return {
    name: shortened(textIn(document, identifier, 'Name') ?? ''),
    oids: all('ObjectIdentifier'),
    uris: all('URI'),
    evaluations: elementsNamed(document, node, DSSC, 'Evaluation').map((each) => {
      const validity = elementNamed(document, each, DSSC, 'Validity');
      return {
        parameters: elementsNamed(document, each, DSSC, 'Parameter').map((parameter) => ({
          name: shortened(attributeNamed(document, parameter, 'name') ?? ''),
          minimum: bitsOf(textIn(document, parameter, 'Min')),
        })),
        end: endOf(validity === null ? null : textIn(document, validity, 'End')),
      };
    }),
  };
}

function textIn(document: XmlDocument, node: XmlNode, name: string): string | null {
  const child = elementNamed(document, node, DSSC, name);
  return child === null ? null : textOf(document, child).trim();
}

function fromJson(file: Bytes): Catalogue {
  const policy = object(object(jsonOf(file))?.['SecuritySuitabilityPolicy']) ?? fail('there is no SecuritySuitabilityPolicy');
  const policyName = object(policy['PolicyName']);
  return {
    name: string(policyName?.['Name']) ?? 'catalogue of algorithms',
    version: string(policyName?.['ObjectIdentifier']),
    issued: dayOf(string(policy['PolicyIssueDate'])),
    algorithms: all(policy['Algorithm']).map((each) => {
      const algorithm = object(each) ?? fail('an Algorithm is no object');
      const identifier = object(algorithm['AlgorithmIdentifier']) ?? fail('an Algorithm has no AlgorithmIdentifier');
      return {
        name: shortened(string(identifier['Name']) ?? ''),
        oids: all(identifier['ObjectIdentifier']).flatMap((oid) => string(oid) ?? []),
        uris: all(identifier['URI']).flatMap((uri) => string(uri) ?? []),
        evaluations: all(algorithm['Evaluation']).map(evaluationOf),
      };
    }),
  };
}

function evaluationOf(json: unknown): Evaluation {
  const evaluation = object(json) ?? fail('an Evaluation is no object');
  return {
    parameters: all(evaluation['Parameter']).map((each) => {
      const parameter = object(each) ?? fail('a Parameter is no object');
      const minimum = parameter['Min'];
      return { name: shortened(string(parameter['name']) ?? ''), minimum: bitsOf(minimum === undefined ? null : String(minimum)) };
    }),
    end: endOf(string(object(evaluation['Validity'])?.['End'])),
  };
}

function jsonOf(file: Bytes): unknown {
  try {
    return JSON.parse((fromUtf8(file) ?? fail('it is not UTF-8')).replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof Fault) throw error;
    return fail('it is not JSON');
  }
}

const object = (json: unknown): Readonly<Record<string, unknown>> | null =>
  typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Readonly<Record<string, unknown>>) : null;
const string = (json: unknown): string | null => (typeof json === 'string' ? json.trim() : null);
/** One, several or none. */
const all = (json: unknown): readonly unknown[] => (Array.isArray(json) ? json : json === undefined ? [] : [json]);

/** No parameter without a bound is taken for 'every key'. */
function bitsOf(written: string | null): number {
  if (written === null || !/^\d{1,5}$/.test(written)) return fail(`a Parameter has no minimum in bits but '${shortened(written ?? '')}'`);
  return Number(written);
}

/** The day of an xs:date, whatever its offset; null where there is none. */
function endOf(written: string | null): string | null {
  if (written === null || written === '') return null;
  return dayOf(written) ?? fail(`'${shortened(written)}' is no day`);
}

function dayOf(written: string | null): string | null {
  const day = written?.slice(0, 10) ?? '';
  return /^\d{4}-\d\d-\d\d$/.test(day) && fromIso(day) !== null ? day : null;
}

const shortened = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 80);

const fail = (reason: string): never => {
  throw new Fault('malformed-input', `this catalogue of algorithms cannot be read: ${reason}`);
};

const DSSC = 'urn:ietf:params:xml:ns:dssc';
const BRACE = 0x7b;
