// What a workbook says about its sheets: their names, and where the first of them lies. Pure.

const SHEET = /<(?:\w+:)?sheet\s[^<>]*>/g;
const RELATION = /<(?:\w+:)?Relationship\s[^<>]*>/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The parts that hold it. */
export const INDEX = 'xl/workbook.xml';
export const RELATIONS = 'xl/_rels/workbook.xml.rels';

/** Names of the sheets, in order. */
export const sheetNames = (index: string): string[] =>
  tags(index, SHEET).map((tag) =>
    (attribute(tag, 'name') ?? '').replace(
      /&(amp|lt|gt|quot|apos);/g,
      (_all, entity: string) => ENTITIES[entity] ?? '',
    ),
  );

/** The part that is the first sheet, as the reader finds it; null where that is not clear. */
export function firstSheetPart(index: string, relations: string): string | null {
  const [first] = tags(index, SHEET);
  const id = first && attribute(first, '\\w+:id');
  const relation = tags(relations, RELATION).find((tag) => attribute(tag, 'Id') === id);
  const target = id && relation && attribute(relation, 'Target');
  if (!target) return null;
  return target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`;
}

const tags = (xml: string, form: RegExp): string[] => xml.match(form) ?? [];

const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)["']`).exec(tag)?.[1];
