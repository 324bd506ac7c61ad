// Makes the JSON Schemas of Grafana's dashboards from the types in npm's @grafana/schema (Apache-2.0):
// ../grafana-<version>/ for each version below, ../queries/ from the last releases that published them.
// What the types get wrong or leave out is put right by patches.json, each entry with its reason.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_CONFIG, SchemaGenerator, createFormatter, createParser } from 'ts-json-schema-generator';
import ts from 'typescript';

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = dirname(HERE);

// Folder in the npm package -> plugin id in a dashboard. Left out because no release has such a plugin id:
// logsnew (became logs), newgauge (became gauge), xychart2 (became xychart).
const KINDS = {
  annotationslist: 'annolist', barchart: 'barchart', bargauge: 'bargauge', candlestick: 'candlestick',
  canvas: 'canvas', dashboardlist: 'dashlist', datagrid: 'datagrid', debug: 'debug', gauge: 'gauge',
  geomap: 'geomap', heatmap: 'heatmap', histogram: 'histogram', logs: 'logs', logstable: 'logstable',
  news: 'news', nodegraph: 'nodeGraph', piechart: 'piechart', stat: 'stat', statetimeline: 'state-timeline',
  statushistory: 'status-history', table: 'table', text: 'text', timeseries: 'timeseries', trend: 'trend',
  xychart: 'xychart',
};
const VARIABLES = ['adhoc', 'constant', 'custom', 'datasource', 'groupby', 'interval', 'query', 'snapshot', 'switch',
  'system', 'textbox'];
// Kinds without a published type: patches.json writes these files from nothing.
const BY_HAND = ['alertlist', 'flamegraph', 'traces'];

/** A package's release: its installed folder, full version, and where its types lie. */
function release(name) {
  const root = join(HERE, 'node_modules', `grafana-${name}`);
  const types = existsSync(join(root, 'dist/types')) ? join(root, 'dist/types') : join(root, 'dist/esm');
  const index = ['index.d.ts', 'index.d.mts'].map((file) => join(types, file)).find(existsSync);
  return { name, types, index, version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version };
}

/** The one `.d.ts` file of a generated part, found by folder: its name changed between releases. */
function module(from, part) {
  const folder = join(from.types, 'raw', part, 'x');
  return existsSync(folder) ? join(folder, readdirSync(folder).find((file) => file.endsWith('.d.ts'))) : undefined;
}

/** JSON Schemas of `wanted` ({name: [file, type]}), each with everything inlined: small types, nothing recursive. */
function schemas(from, wanted) {
  const files = [...new Set(Object.values(wanted).map(([file]) => file))];
  const roots = join(HERE, 'node_modules', `roots-${from.name}.ts`);
  writeFileSync(roots, [
    ...files.map((file, i) => `import * as m${i} from '${file.replace(/\.d\.ts$/, '')}';`),
    ...Object.values(wanted).map(([file, type], i) => `export type Root${i} = m${files.indexOf(file)}.${type};`),
  ].join('\n'));
  const program = ts.createProgram([roots], {
    noEmit: true, strict: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
    paths: { '@grafana/schema': [from.index] },
  });
  const config = { ...DEFAULT_CONFIG, path: roots, expose: 'none', topRef: false, jsDoc: 'none',
    additionalProperties: false, skipTypeCheck: true };
  return Object.fromEntries(Object.keys(wanted).map((name, i) => {
    const generator = new SchemaGenerator(program, createParser(program, config), createFormatter(config), config);
    return [name, tidy(generator.createSchema(`Root${i}`))];
  }));
}

/** Without prose and `required` (Grafana fills in defaults; patches.json adds what must be there), made flat. */
function tidy(schema) {
  if (Array.isArray(schema)) return schema.map(tidy);
  if (schema === null || typeof schema !== 'object') return schema;
  const { $schema, definitions, description, default: _, required, properties, ...rest } = schema;
  const out = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, tidy(value)]));
  if (properties) out.properties = Object.fromEntries(Object.entries(properties).map(([k, v]) => [k, tidy(v)]));
  if (Object.keys(out).length === 0) return true;
  if (out.enum) out.enum = [...out.enum].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (out.enum || 'const' in out) delete out.type;
  return out.anyOf ? merged(out) : out;
}

/** `anyOf` of branches that differ in type is one schema with a list of types: checked quicker, read easier. */
function merged(schema) {
  const { anyOf, ...rest } = schema;
  const types = anyOf.map((branch) => branch.type);
  if (types.some((type) => typeof type !== 'string') || new Set(types).size < types.length) return schema;
  return Object.assign(rest, ...anyOf, { type: types });
}

/** The schemas of one Grafana: {file: document}. */
function dashboards(from) {
  const main = module(from, 'dashboard');
  const kinds = Object.entries(KINDS).map(([folder, kind]) => [kind, module(from, `composable/${folder}/panelcfg`)]);
  const has = (file, type) => new RegExp(`export (interface|type) ${type}\\b`).test(readFileSync(file, 'utf8'));
  const made = schemas(from, Object.fromEntries([
    ...Object.entries({ dashboard: 'Dashboard', panel: 'Panel', row: 'RowPanel', variable: 'VariableModel',
      annotation: 'AnnotationQuery', 'mapping value': 'ValueMap', 'mapping range': 'RangeMap',
      'mapping regex': 'RegexMap', 'mapping special': 'SpecialValueMap' }).map(([name, type]) => [name, [main, type]]),
    ...kinds.filter(([, file]) => file).flatMap(([kind, file]) => [['options', 'Options'], ['custom', 'FieldConfig']]
      .filter(([, type]) => has(file, type)).map(([part, type]) => [`panels/${kind} ${part}`, [file, type]])),
  ]));
  const documents = {};
  const add = (file, part, schema) => ((documents[file] ??= { $defs: {} }).$defs[part] = schema);
  for (const [name, schema] of Object.entries(made)) {
    const [file, part] = name.split(' ');
    if (file.startsWith('panels/')) add(file, part, schema);
    else if (file === 'mapping') add('dashboard', `mapping:${part}`, schema);
    else if (file === 'variable') VARIABLES.forEach((type) => add('dashboard', `variable:${type}`, copy(schema)));
    else add('dashboard', file, schema);
  }
  for (const kind of BY_HAND) documents[`panels/${kind}`] = { $defs: {} };
  return documents;
}

/** The schemas of the queries, each from the last release that published its type: {file: document}. */
function queries(prometheus, loki) {
  const one = (from, name, type) => {
    const made = schemas(from, { query: [module(from, `composable/${name}/dataquery`), type] });
    return { $defs: { query: { title: `a ${name[0].toUpperCase()}${name.slice(1)} query`, ...made.query } } };
  };
  return { prometheus: one(prometheus, 'prometheus', 'PrometheusDataQuery'), loki: one(loki, 'loki', 'LokiDataQuery') };
}

const copy = (value) => JSON.parse(JSON.stringify(value));

/** Applies an entry of patches.json to one file; throws when it has nothing to do, so that none outlives its cause. */
function patch(documents, file, at, entry) {
  const keys = at.split('/').slice(1);
  const last = keys.pop();
  const target = keys.reduce((node, key) => node?.[key], documents[file]);
  const fail = (why) => { throw new Error(`patches.json: ${file}${at} ${why}`); };
  if (target === undefined) fail('is not there');
  const before = JSON.stringify(target[last]);
  if ('set' in entry) target[last] = copy(entry.set);
  if ('copy' in entry) {
    target[last] = copy(entry.copy.split('/').slice(1).reduce((node, key) => node[key], documents[file]));
  }
  if ('add' in entry) {
    target[last] ??= {};
    for (const key of Object.keys(entry.add)) if (key in target[last]) fail(`has ${key} already`);
    Object.assign(target[last], copy(entry.add));
  }
  if ('keep' in entry) target[last] = Object.fromEntries(entry.keep.map((key) => {
    if (!(key in target[last])) fail(`has no ${key} to keep`);
    return [key, target[last][key]];
  }));
  for (const key of entry.drop ?? []) {
    if (!(key in target[last])) fail(`has no ${key}`);
    delete target[last][key];
  }
  if (JSON.stringify(target[last]) === before) fail('is like that already');
}

const sorted = (value) => Array.isArray(value) ? value.map(sorted)
  : value === null || typeof value !== 'object' ? value
  : Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));

function write(folder, documents, comment) {
  rmSync(join(OUT, folder), { recursive: true, force: true });
  for (const [file, document] of Object.entries(documents)) {
    const path = join(OUT, folder, `${file}.json`);
    mkdirSync(dirname(path), { recursive: true });
    const whole = { $schema: 'https://json-schema.org/draft/2020-12/schema', $comment: comment(file), ...document };
    writeFileSync(path, JSON.stringify(sorted(whole), null, 2) + '\n');
  }
}

const { patches } = JSON.parse(readFileSync(join(HERE, 'patches.json'), 'utf8'));
const made = (version) =>
  `Made by schemas/make from @grafana/schema ${version} (Apache-2.0) and patches.json; do not edit.`;
const applied = (documents, set, version) => {
  for (const entry of patches.filter((e) => e.in === set && (e.versions ?? [version]).includes(version))) {
    for (const file of [entry.file].flat()) for (const at of [entry.at].flat()) patch(documents, file, at, entry);
  }
  return documents;
};

for (const name of ['12.4', '13.1', '13.2']) {
  const from = release(name);
  write(`grafana-${from.version}`, applied(dashboards(from), 'grafana', name), () => made(from.version));
}
const [prometheus, loki] = [release('10.4'), release('11.6')];
write('queries', applied(queries(prometheus, loki), 'queries'),
  (file) => made({ prometheus, loki }[file].version));
