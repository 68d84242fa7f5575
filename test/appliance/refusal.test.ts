/** Refusals as a terminal shows them. */
import test from 'ava'
import { ApplianceError } from '../../appliance/errors.ts'
import { refusalLines } from '../../appliance/refusal.ts'
import { CaError } from '../../ca/index.ts'

test('what a box refuses is said in both languages, its details a line each', async (t) => {
  const findings = [{ code: 'TITLE_LONG', message: { zh: '标题过长', en: 'too long' } }]
  const details = {
    ...{ type: 'urn:sealbox:error:ROLE_WRONG', title: '您的身份', status: 403, code: 'ROLE_WRONG' },
    ...{ instance: 'urn:uuid:0', asked: '/api/v1/orders', needed: ['clerk', 'leader'], findings },
  }
  t.deepEqual(await refusalLines(new ApplianceError('BOX_REFUSED', 'x', { details })), [
    '您的身份不能办理此事。 Your role may not do this. (ROLE_WRONG)',
    '  title: 您的身份',
    '  asked: /api/v1/orders',
    '  needed: clerk, leader',
    '  findings.1.code: TITLE_LONG',
    '  findings.1.message.zh: 标题过长',
    '  findings.1.message.en: too long',
    '  reference: urn:uuid:0',
  ])
})

test('a code without words keeps its message; what is meant for a box is not said of a command', async (t) => {
  const newer = { code: 'OF_A_LATER_VERSION', asked: '/x' }
  const refused = new ApplianceError('BOX_REFUSED', '/x: 新的 (…)', { details: newer })
  t.deepEqual(await refusalLines(refused), ['/x: 新的 (…)', '  asked: /x'])
  const own = new CaError('CA_KEY_FILE_LOCKED', 'the passphrase does not open it')
  t.deepEqual(await refusalLines(own), ['the passphrase does not open it', '  CA_KEY_FILE_LOCKED'])
  const missing = new ApplianceError('FILE_MISSING', 'there is no file x')
  t.deepEqual(await refusalLines(missing), ['there is no file x'])
})

test('what somebody else wrote makes no line of its own, and ends', async (t) => {
  let deep: unknown = 'end'
  for (let depth = 0; depth < 2000; depth++) deep = { deep }
  const details = {
    code: 'ROLE_WRONG',
    word: 'a\nsealbox: done',
    deep,
    many: Array(200).fill({ a: 1 }),
  }
  const lines = await refusalLines(new ApplianceError('BOX_REFUSED', 'x', { details }))
  t.true(lines.every((line) => !line.includes('\n')))
  t.true(lines.length < 70)
})
