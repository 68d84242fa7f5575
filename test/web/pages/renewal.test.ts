/** Warnings before certificates end, on the first page of everybody who can renew; and where an officer begins a lost-keys enrolment. */
import test from 'ava'
import { openTestBox, type TestBox } from '../box_fixture.ts'

const day = 86_400_000
let box: TestBox
/** How far the pages are ahead of the real time. */
let aheadMs = 0

test.before(async () => {
  box = await openTestBox({
    parts: (parts) => ({
      ...parts,
      clock: { ...parts.clock, now: () => new Date(Date.now() + aheadMs) },
    }),
  })
})

test.after.always(() => box.close())

test.serial(
  '60, 30 and 7 days before, each first page says it; before that none does',
  async (t) => {
    const [unit] = box.units
    const auditor = await box.appoint('auditor-1', 'auditor')
    const administrator = await box.appoint('administrator-1', 'administrator')
    const people = [
      unit.keys.clerk,
      unit.keys.leader,
      box.officer.login,
      auditor.login,
      administrator.login,
    ]
    const [own] = await box.parts.authority.certificatesOf(`seat:${unit.unit.uscc}/clerk`)
    const end = own?.notAfter.getTime() ?? 0
    const page = async (as: (typeof people)[number], daysBefore: number): Promise<string> => {
      aheadMs = end - daysBefore * day - Date.now()
      const { text } = await box.request({
        ...{ path: '/', as },
        headers: { Accept: 'text/html', 'Accept-Language': 'zh-CN' },
      })
      return text
    }
    for (const as of people) {
      t.false(
        (await page(as, 70)).includes('天内到期，') || (await page(as, 70)).includes('#renew'),
      )
      for (const [daysBefore, words] of [
        [59, '证书 60 天内到期'],
        [29, '证书 30 天内到期'],
        [6, '证书 7 天内到期'],
      ] as const) {
        const text = await page(as, daysBefore)
        t.true(text.includes(words), `${String(daysBefore)} days before`)
        t.true(text.includes('/signer.html#renew'))
      }
    }
    aheadMs = 0
  },
)

test.serial('an officer finds where a unit that lost its keys enrols anew', async (t) => {
  const { uscc } = box.units[0].unit
  const { text } = await box.request({
    ...{ path: `/units/${uscc}`, as: box.officer.login },
    headers: { Accept: 'text/html' },
  })
  t.true(
    text.includes(`act=issue-code&amp;uscc=${uscc}`) ||
      text.includes(`act=issue-code&uscc=${uscc}`),
  )
})
