/** The journal, newest first, narrowed by what, who, to what, when and number. Each page reads a bounded part of it. */
import type { Entry, Journal } from '../../../ca/index.ts'
import { numberFrom } from '../../api/common.ts'
import { WebError } from '../../errors.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { chipRow, hrefOf, pageLinks } from '../elements.ts'
import { show } from '../frame.ts'
import { holderNames, type HolderNames } from '../holders.ts'
import { emptyList } from '../unit/rows.ts'
import {
  detailWords,
  entryTypes,
  groupOf,
  groups,
  groupWords,
  subjectWords,
  typesOf,
  typeWords,
} from './entry_words.ts'
import { readFilter, type FieldName, type JournalFilter, type ReadFilter } from './filter.ts'
import { indexAt, maxScanned, scanBack, type Scanned } from './scan.ts'

const pageSize = 50

export async function journalPage(request: Request): Promise<Answer> {
  const { view, parts, query } = request
  const { w } = view
  const { journal, directory } = parts
  const read = readFilter(query, view.box.zone)
  const title = w('日志', 'Journal')
  if (read.wrong.has('group') || read.wrong.has('type')) {
    throw new WebError('QUERY_MALFORMED', 'there is no such filter')
  }
  if (read.wrong.size > 0) {
    const main = html`${heading(view, journal.size)}${narrowing(view, read)}`
    return show(request, { title, status: 422, main })
  }
  const before = numberFrom(query, 'before', { min: 0, max: journal.size, or: journal.size })
  const range = await rangeOf(journal, read.filter, before)
  const fits = fitting(read.filter)
  const found = await scanBack(journal, { ...range, limit: pageSize, fits })
  const names = await holderNames({ directory, view }, found.entries.flatMap(holdersIn))
  const isFirst = before === journal.size
  return show(request, {
    title,
    acts: html`<a class="btn" href="/journal/export">${w('导出', 'Export')}</a>`,
    main: html`${heading(view, journal.size)}${narrowing(view, read)}
    ${
      found.entries.length === 0
        ? emptyList(w('没有符合的记录', 'No entry fits'), emptyWords(view, found))
        : entryTable(view, found.entries, names)
    }
    ${cutNote(view, found)}
    ${pageLinks(view, {
      first: isFirst ? undefined : hrefOf('/journal', read.typed),
      next:
        found.next === undefined
          ? undefined
          : hrefOf('/journal', { ...read.typed, before: found.next }),
    })}`,
  })
}

/** The part of the journal that time and numbers leave. */
async function rangeOf(
  journal: Journal,
  { since, until, from, to }: JournalFilter,
  before: number,
): Promise<{ readonly from: number; readonly before: number }> {
  const [first, end] = await Promise.all([
    since === undefined ? 0 : indexAt(journal, since),
    until === undefined ? before : indexAt(journal, until),
  ])
  return {
    from: Math.max(first, from ?? 0),
    before: Math.min(before, end, to === undefined ? before : to + 1),
  }
}

function fitting({ group, type, holder, subject }: JournalFilter): (entry: Entry) => boolean {
  return (entry) =>
    (group === undefined || groupOf(entry.type) === group) &&
    (type === undefined || entry.type === type) &&
    entry.actor.holder.includes(holder) &&
    entry.subject.includes(subject)
}

/** Whoever an entry's line may name. */
export function holdersIn(entry: Entry): string[] {
  const { holder } = entry.data
  return [entry.actor.holder, entry.subject, ...(typeof holder === 'string' ? [holder] : [])]
}

function heading({ w }: View, size: number): Html {
  return html`<h1>${w('日志', 'Journal')}</h1>
    <p class="sub">
      ${w(`共 ${String(size)} 条，只增不改，最新的在前。`, `${String(size)} entries; nothing is ever changed. The newest first.`)}
    </p>`
}

function narrowing(view: View, read: ReadFilter): Html {
  const { w } = view
  const { typed, filter } = read
  const chips = [undefined, ...groups].map((group) => ({
    words: group === undefined ? w('全部', 'All') : groupWords(view, group),
    href: hrefOf('/journal', { ...typed, group, type: undefined }),
    isCurrent: filter.group === group,
  }))
  const isOpen = fieldsOpen(read)
  return html`${chipRow(w('按内容', 'By subject'), chips)}
    <details class="narrow" ${isOpen && html` open`}>
      <summary>
        ${w('按类型、人员、对象、时间、编号筛选', 'Narrow by type, person, subject, time, number')}
      </summary>
      <form action="/journal" class="grid">
        ${filter.group !== undefined && html`<input type="hidden" name="group" value="${filter.group}" />`}
        ${typeField(view, read)}
        ${field(view, read, 'holder')}${field(view, read, 'subject')}${field(view, read, 'since')}
        ${field(view, read, 'until')}${field(view, read, 'from')}${field(view, read, 'to')}
        <p class="acts">
          <button class="btn">${w('筛选', 'Show')}</button>
          <a class="btn quiet" href="/journal">${w('清除', 'Clear')}</a>
        </p>
      </form>
    </details>`
}

const fieldsOpen = ({ typed, wrong }: ReadFilter): boolean =>
  wrong.size > 0 || Object.entries(typed).some(([name, value]) => name !== 'group' && value !== '')

function typeField(view: View, { typed, filter }: ReadFilter): Html {
  const { w } = view
  const types = filter.group === undefined ? entryTypes : typesOf(filter.group)
  return html`<div class="field">
    <label for="type">${w('类型', 'Type')}</label>
    <select id="type" name="type">
      <option value="">${w('全部', 'All')}</option>
      ${types.map(
        (type) =>
          html`<option value="${type}" ${type === typed.type && html` selected`}>
            ${typeWords(view, type)}
          </option>`,
      )}
    </select>
  </div>`
}

type Typed = Exclude<FieldName, 'group' | 'type'>

const fieldTable: Readonly<
  Record<Typed, { readonly kind: string; readonly words: readonly [string, string] }>
> = {
  holder: { kind: 'text', words: ['谁（编号或代码的一部分）', 'Who (part of an identifier)'] },
  subject: { kind: 'text', words: ['对象（编号的一部分）', 'To what (part of an identifier)'] },
  since: { kind: 'date', words: ['从哪一天', 'From the day'] },
  until: { kind: 'date', words: ['到哪一天', 'To the day'] },
  from: { kind: 'number', words: ['从第几条', 'From number'] },
  to: { kind: 'number', words: ['到第几条', 'To number'] },
}

function field(view: View, { typed, wrong }: ReadFilter, name: Typed): Html {
  const { kind, words } = fieldTable[name]
  const bad = wrong.has(name)
  const input = kind === 'number' ? html`type="text" inputmode="numeric"` : html`type="${kind}"`
  return html`<div class="field">
    <label for="${name}">${view.w(...words)}</label>
    <input
      ${input}
      id="${name}"
      name="${name}"
      value="${typed[name]}"
      maxlength="256"
      ${bad && html` aria-invalid="true" aria-describedby="${name}-wrong"`}
    />
    ${bad && html`<p class="wrong" id="${name}-wrong" role="alert">${wrongWords(view, kind)}</p>`}
  </div>`
}

function wrongWords({ w }: View, kind: string): string {
  if (kind === 'date') return w('请写成 2026-11-25 这样的日期。', 'Write a day such as 2026-11-25.')
  if (kind === 'number') return w('请写一个整数。', 'Write a whole number.')
  return w('太长，上限 256 个字符。', 'Too long; 256 characters are the limit.')
}

function emptyWords({ w }: View, { isCut }: Scanned): string {
  return isCut
    ? w(
        '已看过的一段里没有，更早的可能有。',
        'None in the part that was looked through; there may be older ones.',
      )
    : w('换一个条件试试。', 'Try another filter.')
}

function cutNote({ w }: View, { isCut }: Scanned): Html | undefined {
  if (!isCut) return undefined
  const bound = String(maxScanned)
  return html`<p class="hint" role="status">
    ${w(`一次只查看 ${bound} 条；“下一页”接着往前查。`, `${bound} entries are looked through at once; “next” goes on from there.`)}
  </p>`
}

/** Entries as rows, each leading to its own page. */
export function entryTable(view: View, entries: readonly Entry[], names: HolderNames): Html {
  const { w } = view
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('编号', 'Number')}</th>
        <th>${w('时间', 'Time')}</th>
        <th>${w('事项', 'What')}</th>
        <th>${w('谁', 'Who')}</th>
      </tr>
    </thead>
    <tbody>
      ${entries.map((entry) => entryRow(view, entry, names))}
    </tbody>
  </table>`
}

function entryRow(view: View, entry: Entry, names: HolderNames): Html {
  const { index, time, type, actor, subject } = entry
  const detail = detailWords({ view, entry, names })
  const who = names(actor.holder)
  return html`<tr data-row>
    <td class="num wide-only"><code>${index}</code></td>
    <td class="num wide-only">${view.exact(time)}</td>
    <td>
      <span class="t"><a href="/journal/${index}">${typeWords(view, type)}</a></span>
      <div class="m">${detail}${subjectPart(subject, { names, isAlone: detail === '' })}</div>
      <div class="only-narrow">${view.exact(time)} · ${who} · <code>${index}</code></div>
    </td>
    <td class="wide-only">${who}</td>
  </tr>`
}

/** A hash by its beginning: all of it stands on the entry's own page. */
const shortened = (text: string): string => (text.length > 48 ? `${text.slice(0, 36)}…` : text)

/** To what; of a refusal that named nothing, nothing. */
function subjectPart(
  subject: string,
  { names, isAlone }: { readonly names: HolderNames; readonly isAlone: boolean },
): Html | undefined {
  if (subject === 'act') return undefined
  const words = subjectWords(subject, names)
  const shown = words === subject ? html`<span class="hash">${shortened(words)}</span>` : words
  return html`${!isAlone && ' · '}${shown}`
}
