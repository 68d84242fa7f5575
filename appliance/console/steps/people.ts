/** Who takes part in a production box's ceremony. Nobody holds two of these offices. */
import { personFault } from '../answers.ts'
import type { Dialogue } from '../dialogue.ts'
import { askOptional } from '../optional.ts'
import type { People, SetUp, Was } from '../set_up.ts'

/** Each answer is kept in `was` at once: whoever goes back from the middle types none twice. */
export async function askPeople(
  dialogue: Dialogue,
  _place: unknown,
  was: Was,
): Promise<Pick<SetUp, 'people'>> {
  const { w, say } = dialogue
  say(
    w(
      '请确认到场：操作员、密钥保管人、两名安全员、见证人。一人不兼两职。',
      'Present must be: the operator, the custodians, two security officers, a witness. Nobody holds two offices.',
    ),
  )
  const had = { ...was.people }
  const keep = (part: Partial<People>): void => {
    was.people = { ...was.people, ...part }
  }
  const officers = await askOfficers(dialogue, had.officers)
  keep({ officers })
  const keeping = await askCustodians(dialogue, had, keep)
  const place = await askOptional(dialogue, w('地点', 'Place'), { had: had.place })
  keep({ place })
  const present = await askOthers(dialogue, had.present, keep)
  return { people: { officers, ...keeping, place, present } }
}

type Keep = (part: Partial<People>) => void

async function askOfficers(
  dialogue: Dialogue,
  had: readonly [string, string] = ['officer-1', 'officer-2'],
): Promise<People['officers']> {
  const { w } = dialogue
  const first = await dialogue.ask(w('第一名安全员的标识', 'Identifier of the first officer'), {
    or: had[0],
    check: (typed) => personFault(dialogue, typed),
  })
  const second = await dialogue.ask(w('第二名安全员的标识', 'Identifier of the second officer'), {
    or: first === had[1] ? had[0] : had[1],
    check: (typed) =>
      typed === first
        ? w('须是另一个人。', 'It must be somebody else.')
        : personFault(dialogue, typed),
  })
  return [first, second]
}

/** More sit in no room; the format takes 255. */
const maxCustodians = 20

async function askCustodians(
  dialogue: Dialogue,
  had: Partial<People>,
  keep: Keep,
): Promise<Pick<People, 'custodians' | 'needed'>> {
  const { w } = dialogue
  const known = had.custodians ?? []
  const of = await askNumber(dialogue, w('根密钥分成几份', 'Shares of the root key'), {
    ...{ from: 2, to: maxCustodians, or: known.length || 3 },
  })
  const needed = await askNumber(dialogue, w('几份可以打开', 'How many of them open it'), {
    ...{ from: 2, to: of, or: Math.min(had.needed ?? 2, of) },
  })
  keep({ needed })
  const custodians: string[] = []
  while (custodians.length < of) {
    const number = String(custodians.length + 1)
    const before = known[custodians.length]
    const name = await dialogue.ask(
      w(`第 ${number} 份保管人的姓名`, `Name of the custodian of share ${number}`),
      {
        ...(before !== undefined && !custodians.includes(before) && { or: before }),
        check: (typed) => {
          if (custodians.includes(typed)) return w('这个人已有一份。', 'They keep a share already.')
          return Array.from(typed).length > 64 ? w('太长了。', 'That is too long.') : undefined
        },
      },
    )
    custodians.push(name)
    keep({ custodians: [...custodians, ...known.slice(custodians.length)] })
  }
  keep({ custodians })
  return { custodians, needed }
}

async function askOthers(
  dialogue: Dialogue,
  had: People['present'] = [],
  keep: Keep,
): Promise<People['present']> {
  const { w } = dialogue
  const present: People['present'] = []
  const rest = [...had]
  for (;;) {
    const before = rest.shift()
    const typed = await askOptional(
      dialogue,
      w('其他在场者的姓名（没有了就空着）', 'Somebody else who is here (empty to go on)'),
      { had: before?.name },
    )
    const name = typed.slice(0, 64)
    if (name !== '') {
      const part = await dialogue.ask(w('职责', 'As what'), {
        or: before?.name === name ? before.part : w('见证人', 'witness'),
      })
      present.push({ name, part })
    }
    keep({ present: [...present, ...rest] })
    if (name === '' && before === undefined) return present
  }
}

async function askNumber(
  dialogue: Dialogue,
  question: string,
  { from, to, or }: { readonly from: number; readonly to: number; readonly or: number },
): Promise<number> {
  const range = `${String(from)}-${String(to)}`
  const check = (typed: string): string | undefined =>
    /^\d{1,3}$/.test(typed) && Number(typed) >= from && Number(typed) <= to
      ? undefined
      : dialogue.w(`请输入 ${range}。`, `Type ${range}.`)
  return Number(await dialogue.ask(question, { or: String(or), check }))
}
