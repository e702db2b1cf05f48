/** The lines of a CSV file for a preview, as the server numbers them. It only shows: what can be taken is the server's to say. */
export interface Line {
  line: number;
  website: string;
  username: string;
  /** null: it can be taken. */
  problem: string | null;
}

/** Records by RFC 4180 with the line they begin on. */
function* records(text: string): Generator<{ line: number; fields: string[] }> {
  const field = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|\r|$)/y;
  field.lastIndex = text.startsWith('\uFEFF') ? 1 : 0;
  let [line, begins] = [1, 1];
  let fields: string[] = [];
  while (field.lastIndex < text.length || fields.length > 0) {
    const found = field.exec(text);
    if (!found) return; // a quote that never ends: the server says so
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2]!);
    line += found[0].split('\n').length - 1;
    if (found[3] === ',') continue;
    if (fields.length > 1 || fields[0]) yield { line: begins, fields };
    fields = [];
    begins = line;
  }
}

/** Every line of a short file, and of a long one those that cannot be taken; `atMost` of them. Never a password. */
export function preview(text: string, errors: { line: number; message: string }[], atMost = 200): Line[] {
  const wrong = new Map(errors.map((each) => [each.line, each.message]));
  const [head, ...rest] = [...records(text)];
  const at = (name: string) => head?.fields.findIndex((each) => each.trim().toLowerCase() === name) ?? -1;
  const [website, username] = [at('website'), at('username')];
  const lines = rest.map(({ line, fields }) => ({ line, website: fields[website] ?? '', username: fields[username] ?? '', problem: wrong.get(line) ?? null }));
  return (lines.length > atMost ? lines.filter((each) => each.problem !== null) : lines).slice(0, atMost);
}
