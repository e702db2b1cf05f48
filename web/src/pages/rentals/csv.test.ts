import { describe, expect, it } from 'vitest';
import { preview } from './csv';

const lines = (text: string, errors: { line: number; message: string }[] = []) => preview(text, errors).map((each) => [each.line, each.website, each.username, each.problem]);

describe('the preview of a file', () => {
  it('names website and user name, in whatever order the columns are, and never a password', () => {
    const text = 'Password, Username ,website\r\nsecret-1,team,Sitescope\r\nsecret-2,office,Rankfield\r\n';
    expect(lines(text)).toEqual([[2, 'Sitescope', 'team', null], [3, 'Rankfield', 'office', null]]);
    expect(JSON.stringify(preview(text, []))).not.toContain('secret');
  });
  it('marks the lines that the server refuses', () => {
    expect(lines('website,username,password\nA,b,c\nA,,c\n', [{ line: 3, message: 'Name the user.' }])).toEqual([[2, 'A', 'b', null], [3, 'A', '', 'Name the user.']]);
  });
  it('counts lines as the server does: over quoted line breaks, empty lines and a byte order mark', () => {
    expect(lines('\uFEFFwebsite,username,password,notes\n\nA,b,c,"two\nlines, ""quoted"""\n\nD,e"f,g,h')).toEqual([[3, 'A', 'b', null], [6, 'D', 'e"f', null]]);
  });
  it('shows of a long file the lines that are wrong', () => {
    const text = `website,username,password\n${'A,b,c\n'.repeat(500)}`;
    expect(lines(text, [{ line: 400, message: 'no' }])).toEqual([[400, 'A', 'b', 'no']]);
    expect(preview(text, Array.from({ length: 500 }, (_, i) => ({ line: i + 2, message: 'no' })))).toHaveLength(200);
  });
  it('has nothing to show of nothing', () => {
    expect([lines(''), lines('website,username,password'), lines('website,"never ends\n')]).toEqual([[], [], []]);
  });
});
