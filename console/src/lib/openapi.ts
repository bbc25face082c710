// SPDX-License-Identifier: Apache-2.0
// As much of OpenAPI 3.1 as our own description uses.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  format?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  additionalProperties?: Schema | boolean;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
}
export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  'x-description-zh'?: string;
  schema?: Schema;
}
export interface Operation {
  summary?: string;
  'x-summary-zh'?: string;
  'x-permission'?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>;
}
export interface OpenApi {
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
export interface Entry {
  id: string;
  method: string;
  path: string;
  tag: string;
  op: Operation;
}

export function entries(doc: OpenApi): Entry[] {
  return Object.entries(doc.paths).flatMap(([path, ops]) =>
    Object.entries(ops).map(([method, op]) => ({ id: `${method}${path}`.replace(/[^a-z0-9]+/gi, '-'), method: method.toUpperCase(), path, tag: op.tags?.[0] ?? '', op })),
  );
}

export function resolve(doc: OpenApi, s: Schema | undefined): Schema {
  const name = s?.$ref?.split('/').pop();
  return name ? (doc.components.schemas[name] ?? {}) : (s ?? {});
}

export function typeName(doc: OpenApi, s: Schema | undefined): string {
  const r = resolve(doc, s);
  if (r.enum) return r.enum.map((v) => JSON.stringify(v)).join(' | ');
  const choices = r.anyOf ?? r.oneOf;
  if (choices) return [...new Set(choices.map((x) => typeName(doc, x)))].join(' | ');
  const kinds = Array.isArray(r.type) ? r.type : [r.type ?? (r.properties ? 'object' : 'any')];
  const limits = [r.format, r.maxLength && `≤ ${r.maxLength}`, r.minimum !== undefined && r.maximum !== undefined && `${r.minimum}–${r.maximum}`, r.maxItems && `≤ ${r.maxItems}`].filter(Boolean).join(', ');
  return kinds.map((k) => (k === 'array' ? `${typeName(doc, r.items)}[]` : k)).join(' | ') + (limits ? ` (${limits})` : '');
}

export interface Line {
  name: string;
  type: string;
  required: boolean;
  note: string;
}
/** The members of a schema as lines “scores[].value”, four levels deep. */
export function lines(doc: OpenApi, s: Schema | undefined, prefix = '', depth = 0): Line[] {
  const r = resolve(doc, s);
  const choice = (r.anyOf ?? r.oneOf)?.map((x) => resolve(doc, x)).find((x) => x.properties);
  if (choice) return lines(doc, choice, prefix, depth);
  if (r.items) return depth < 4 ? lines(doc, r.items, `${prefix}[]`, depth) : [];
  return Object.entries(r.properties ?? {}).flatMap(([name, member]) => {
    const full = prefix ? `${prefix}.${name}` : name;
    const line = { name: full, type: typeName(doc, member), required: r.required?.includes(name) ?? false, note: resolve(doc, member).description ?? member.description ?? '' };
    return [line, ...(depth < 3 ? lines(doc, member, full, depth + 1) : [])];
  });
}

/** Something to begin with: the members that are required, or all if none is. */
export function example(doc: OpenApi, s: Schema | undefined, depth = 0): unknown {
  const r = resolve(doc, s);
  if (r.enum) return r.enum[0];
  const choices = r.anyOf ?? r.oneOf;
  if (choices) return example(doc, choices[0], depth);
  const kind = Array.isArray(r.type) ? r.type[0] : r.type;
  if (r.properties) {
    const names = r.required?.length ? r.required : Object.keys(r.properties).slice(0, 6);
    return depth > 3 ? {} : Object.fromEntries(names.map((n) => [n, example(doc, r.properties?.[n], depth + 1)]));
  }
  if (kind === 'array') return [example(doc, r.items, depth + 1)];
  if (kind === 'integer' || kind === 'number') return r.minimum ?? 1;
  if (kind === 'boolean') return true;
  if (kind === 'object') return {};
  return r.format === 'date-time' ? '2026-11-16T08:30:00Z' : '';
}
