import { type CivilTime, civilTime, daysInMonth, instantOf, weekday } from './zoned-time.ts';

/** Patterns of six fields: second, minute, hour, day of the month, month, day of the week (ADR-51). */

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** Number of the first name. */
  readonly first?: number;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS, first: 1 },
  { min: 0, max: 6, names: DAYS, first: 0 },
];
/** A pattern that fits no time of so many years fits none. */
const YEARS_MAX = 5;

/** Numbers that a field lets pass. */
interface Chosen {
  readonly numbers: ReadonlySet<number>;
  /** It was `*`, so that the other field of days decides. */
  readonly all: boolean;
}

export class Cron {
  readonly #seconds: ReadonlySet<number>;
  readonly #minutes: ReadonlySet<number>;
  readonly #hours: ReadonlySet<number>;
  readonly #days: Chosen;
  readonly #months: ReadonlySet<number>;
  readonly #weekdays: Chosen;

  private constructor(fields: readonly Chosen[]) {
    const [seconds, minutes, hours, days, months, weekdays] = fields as [
      Chosen,
      Chosen,
      Chosen,
      Chosen,
      Chosen,
      Chosen,
    ];
    this.#seconds = seconds.numbers;
    this.#minutes = minutes.numbers;
    this.#hours = hours.numbers;
    this.#days = days;
    this.#months = months.numbers;
    this.#weekdays = weekdays;
  }

  /** Undefined: the pattern makes no sense. */
  static parse(pattern: string): Cron | undefined {
    const texts = pattern.split(/[\t\n\v\f\r ]+/).filter((text) => text !== '');
    if (texts.length !== FIELDS.length) return undefined;
    const fields: Chosen[] = [];
    for (const [index, text] of texts.entries()) {
      const chosen = chosenBy(text, FIELDS[index] as Field);
      if (chosen === undefined) return undefined;
      fields.push(chosen);
    }
    // Of no second, no time comes. Days may come of either of their two fields.
    if ([0, 1, 2, 4].some((index) => fields[index]?.numbers.size === 0)) return undefined;
    return new Cron(fields);
  }

  /** The first whole second (since the epoch) after that one that fits; undefined: there is none for years. `zone`: undefined for UTC. */
  next(after: number, zone: string | undefined): number | undefined {
    let at = after + 1;
    let time = civilTime(at, zone);
    const yearMax = time.year + YEARS_MAX;
    while (time.year <= yearMax) {
      if (!this.#months.has(time.month)) {
        time = monthAfter(time);
      } else if (!this.#dayFits(time)) {
        time = dayAfter(time);
      } else {
        const found = this.#within(time, at, zone);
        if (found !== undefined) return found;
        time = dayAfter(time);
      }
      at = instantOf(time, zone);
      time = civilTime(at, zone);
    }
    return undefined;
  }

  /** The first second of that day that fits, from `from` on. Hours are gone through as they pass: some days have one more or less. */
  #within(day: CivilTime, from: number, zone: string | undefined): number | undefined {
    let at = from;
    let time = day;
    while (time.day === day.day && time.month === day.month) {
      if (!this.#hours.has(time.hour)) at += 3600 - time.minute * 60 - time.second;
      else if (!this.#minutes.has(time.minute)) at += 60 - time.second;
      else if (!this.#seconds.has(time.second)) at++;
      else return at;
      time = civilTime(at, zone);
    }
    return undefined;
  }

  #dayFits(time: CivilTime): boolean {
    const day = this.#days.numbers.has(time.day);
    const ofWeek = this.#weekdays.numbers.has(weekday(time));
    return this.#days.all || this.#weekdays.all ? day && ofWeek : day || ofWeek;
  }
}

function monthAfter({ year, month }: CivilTime): CivilTime {
  const next = month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 };
  return { ...next, day: 1, hour: 0, minute: 0, second: 0, offset: 0 };
}

function dayAfter(time: CivilTime): CivilTime {
  if (time.day >= daysInMonth(time.year, time.month)) return monthAfter(time);
  return { ...time, day: time.day + 1, hour: 0, minute: 0, second: 0 };
}

function chosenBy(text: string, field: Field): Chosen | undefined {
  const numbers = new Set<number>();
  let all = false;
  for (const range of text.split(',')) {
    if (range === '') continue;
    const chosen = rangeOf(range, field);
    if (chosen === undefined) return undefined;
    const { from, to, step, star } = chosen;
    for (let at = from; at <= to; at += step) numbers.add(at);
    all ||= star;
  }
  return { numbers, all };
}

/** `*`, `5`, `1-5`, `mon-fri`, each with `/step` behind it. */
function rangeOf(text: string, field: Field): { from: number; to: number; step: number; star: boolean } | undefined {
  const [range = '', stepText, ...moreSteps] = text.split('/');
  const [low = '', high, ...moreEnds] = range.split('-');
  if (moreSteps.length > 0) return undefined;
  const step = stepText === undefined ? 1 : wholeNumber(stepText);
  if (step === undefined || step === 0) return undefined;
  // Behind a star nothing is looked at.
  if (low === '*' || low === '?') return { from: field.min, to: field.max, step, star: step === 1 };
  if (moreEnds.length > 0) return undefined;
  const from = numberOf(low, field);
  const end = high === undefined ? from : numberOf(high, field);
  const to = high === undefined && stepText !== undefined ? field.max : end;
  if (from === undefined || to === undefined || from < field.min || to > field.max || from > to) return undefined;
  return { from, to, step, star: false };
}

function numberOf(text: string, { names, first = 0 }: Field): number | undefined {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  return index === -1 ? wholeNumber(text) : index + first;
}

function wholeNumber(text: string): number | undefined {
  return /^[+-]?\d{1,15}$/.test(text) && Number(text) >= 0 ? Number(text) : undefined;
}
