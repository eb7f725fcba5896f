import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, readStamp, writeStamp } from '../../../build/freshness.ts';
import { encodeIcns, encodeIco, encodePng } from '../../../build/icons/containers.ts';
import { drawMark } from '../../../build/icons/mark.ts';
import { noticesText, packageFolder } from '../../../build/notices.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-build-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('freshness', () => {
  it('notices a changed, a new and a touched file, and no other', () => {
    mkdirSync(join(folder, 'sources'));
    writeFileSync(join(folder, 'sources/a.ts'), 'a');
    const first = fingerprint(folder, ['sources', 'missing']);
    writeFileSync(join(folder, 'beside.ts'), 'b');
    expect(fingerprint(folder, ['sources', 'missing'])).toBe(first);
    utimesSync(join(folder, 'sources/a.ts'), 1, 1);
    const touched = fingerprint(folder, ['sources', 'missing']);
    expect(touched).not.toBe(first);
    writeFileSync(join(folder, 'sources/b.ts'), '');
    expect(fingerprint(folder, ['sources', 'missing'])).not.toBe(touched);
  });

  it('knows no build without a whole stamp', () => {
    const file = join(folder, 'dist/.stamp');
    expect(readStamp(file)).toBeNull();
    writeStamp(file, { print: 'x', packages: ['node_modules/ws'] });
    expect(readStamp(file)).toEqual({ print: 'x', packages: ['node_modules/ws'] });
    writeFileSync(file, '{');
    expect(readStamp(file)).toBeNull();
  });
});

describe('notices', () => {
  it('find the package of a module', () => {
    expect(packageFolder('/p/node_modules/ws/lib/a.js')).toBe('/p/node_modules/ws');
    expect(packageFolder('/p/node_modules/@a/b/c.js?x')).toBe('/p/node_modules/@a/b');
    expect(packageFolder('/p/node_modules/a/node_modules/b/c.js')).toBe('/p/node_modules/a/node_modules/b');
    expect(packageFolder('/p/electron/app.ts')).toBeNull();
  });

  it('hold name, version, licence and its text, and refuse a package without any', () => {
    const made = (name: string, manifest: object, licence?: string) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
      if (licence !== undefined) writeFileSync(join(folder, name, 'LICENSE.md'), licence);
      return join(folder, name);
    };
    const text = noticesText([made('b', { license: 'MIT' }), made('a', { license: 'ISC' }, 'Permission to use')]);
    expect(text).toMatch(/a 1\.0\.0: ISC\n\nPermission to use[\s\S]*b 1\.0\.0: MIT/);
    expect(() => noticesText([made('c', {})])).toThrow('c has no licence');
  });
});

describe('icons', () => {
  const look = { line: [255, 0, 0], lineWidth: 1.75, plate: [0, 0, 255] } as const;

  it('have the pulse on a plate, and nothing in the corners', () => {
    const side = 36;
    const pixels = drawMark(side, look);
    const at = (x: number, y: number) => [...pixels.subarray((y * side + x) * 4, (y * side + x) * 4 + 4)];
    expect(at(0, 0)[3]).toBe(0);
    expect(at(18, 3)).toEqual([0, 0, 255, 255]);
    expect(at(8, 18)[0]).toBe(255);
  });

  it('are files that systems read', () => {
    const pixels = drawMark(32, look);
    const png = encodePng(32, pixels);
    const rows = inflateSync(png.subarray(png.indexOf('IDAT') + 4, png.length - 16));
    expect(rows.length).toBe(32 * (32 * 4 + 1));
    expect(Buffer.from(rows.subarray(1, 129))).toEqual(Buffer.from(pixels.subarray(0, 128)));
    const ico = encodeIco([{ side: 32, png }]);
    expect(ico.readUInt16LE(2)).toBe(1);
    expect(ico.subarray(ico.readUInt32LE(18))).toEqual(png);
    const icns = encodeIcns([{ side: 32, png }]);
    expect(icns.toString('latin1', 0, 4)).toBe('icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
  });
});
