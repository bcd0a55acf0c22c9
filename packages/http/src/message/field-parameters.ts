/** Parameters of header fields: `; name=value; name="quoted"; name*=utf-8''coded`, by RFC 9110 and RFC 8187. */

/** Parameters by lower-case name; of two of one name the first. A coded one (`name*`) stands in place of the plain one. */
export type FieldParameters = ReadonlyMap<string, string>;

const parameter = /^[ \t]*([!#$%&'*+\-.^_`|~\w]+)[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^;,"\s]*)))?[ \t]*/su;

/** Reads parameters from `text`, which begins at the first `;`; null where the grammar is broken. */
export function readParameters(text: string): { readonly parameters: FieldParameters; readonly rest: string } | null {
  const plain = new Map<string, string>();
  const coded = new Map<string, string>();
  let rest = text;
  while (rest.startsWith(';')) {
    rest = rest.slice(1);
    const found = parameter.exec(rest);
    if (found === null) {
      // An empty parameter: `a; ; b`, or a semicolon at the end.
      rest = rest.trimStart();
      if (rest === '' || rest.startsWith(';') || rest.startsWith(',')) continue;
      return null;
    }
    const [all, name = '', quoted, token = ''] = found;
    rest = rest.slice(all.length);
    keep(plain, coded, name.toLowerCase(), quoted === undefined ? token : quoted.replaceAll(/\\(.)/gsu, '$1'));
  }
  return { parameters: new Map([...plain, ...coded]), rest };
}

function keep(plain: Map<string, string>, coded: Map<string, string>, name: string, value: string): void {
  if (!name.endsWith('*')) {
    if (!plain.has(name)) plain.set(name, value);
    return;
  }
  const decoded = decodeExtended(value);
  const base = name.slice(0, -1);
  if (decoded !== null && !coded.has(base)) coded.set(base, decoded);
}

/** RFC 8187: `charset'language'percent-coded`, in UTF-8 or latin-1; null for another charset or broken text. */
function decodeExtended(value: string): string | null {
  const [, charset = '', text = ''] = /^([^']*)'[^']*'(.*)$/su.exec(value) ?? [];
  try {
    if (charset.toLowerCase() === 'utf-8') return decodeURIComponent(text);
    if (charset.toLowerCase() !== 'iso-8859-1') return null;
    return text.replaceAll(/%([\da-f]{2})/giu, (_coded, digits: string) => String.fromCharCode(parseInt(digits, 16)));
  } catch {
    return null;
  }
}
