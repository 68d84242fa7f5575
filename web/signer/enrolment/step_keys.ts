/** Step 4: the keys are made, wrapped, asked for. Each part is shown as it is done, since a second can be long. */
import { toBase64 } from '../../../ca/path/index.ts'
import { newUnitSecret, writeKeyFile } from '../../../provisioning/kit/index.ts'
import * as z from 'zod'
import type { Answered } from '../api.ts'
import { h } from '../../one_file/dom.ts'
import type { Words } from '../../one_file/language.ts'
import { button, painted, slot } from '../../one_file/parts.ts'
import { refusal } from '../refusals.ts'
import { browserRandom } from '../random.ts'
import { rememberSecret } from '../remembered.ts'
import { common } from '../words/common.ts'
import { enrol } from '../words/enrol.ts'
import { makeKeys, makeRequests, wantedFor, wrapMade } from './make.ts'
import { dropPending, issuedShape, writePending, type Issued, type Pending } from './pending.ts'
import type { Step, StepContext } from './state.ts'
import { forWhom } from './step_root.ts'

type KeysStep = Extract<Step, { at: 'passphrase' | 'keys' }>

/** 202: an officer has to approve first; 201: here they are. */
const waitingShape = z.object({
  state: z.literal('waiting'),
  /** What the box calls the request: the same as computed here, or something is wrong. */
  request: z.exactOptional(z.string()),
  /** RFC 3339: when the code, and the request with it, ends. */
  expires: z.exactOptional(z.string()),
})
const redeemShape = z.union([waitingShape, issuedShape])

export function keysStep(step: KeysStep, context: StepContext): HTMLElement {
  const place = slot()
  const begin = (): void => {
    void makeAndAsk(step, context, (...shown) => {
      place.say(...shown)
    })
  }
  const { code, purpose, root } = step
  place.say(
    h(
      'div',
      { class: 'row' },
      button(common.back, () => {
        context.go({ at: 'passphrase', code, purpose, root })
      }),
      button(enrol.keysMake, begin, 'main'),
    ),
  )
  return h('div', { class: 'stack' }, forWhom(purpose), h('p', {}, enrol.keysLead), place)
}

/** Hands the requests over (again): the same keys are the same request, however often. */
export function redeem(
  { api }: Pick<StepContext, 'api'>,
  { code, requests, keyFile }: Pending,
): Promise<Answered<Issued | z.infer<typeof waitingShape>>> {
  return api.post('/api/v1/requests/acts/redeem', {
    body: {
      code,
      requests: requests.map(({ profile, seat, request }) => ({
        profile,
        ...(seat !== undefined && { seat }),
        request,
      })),
      keyFile: toBase64(writeKeyFile(keyFile)),
    },
    shape: redeemShape,
  })
}

async function makeAndAsk(
  step: KeysStep,
  context: StepContext,
  show: (...shown: readonly Node[]) => void,
): Promise<void> {
  const { app, go } = context
  const { passphrase = '' } = step
  const wanted = wantedFor(step.purpose.role)
  const jobs = [enrol.keysMaking(wanted.length), enrol.keysWrap, enrol.keysRequest, enrol.keysSend]
  const at = async (job: number): Promise<void> => {
    show(progress(jobs, job))
    await painted()
  }
  await at(0)
  const made = await makeKeys(wanted)
  await at(1)
  const secret = newUnitSecret(browserRandom)
  const { who: owner, name, box } = step.purpose
  const wrapped = await wrapMade(made, {
    owner: { id: owner, name },
    passphrase,
    unitSecret: secret,
  })
  await at(2)
  const pending = pendingOf(step, { ...wrapped, requests: await makeRequests(made) })
  // Kept before it is sent: the box may have taken what we are not told of.
  rememberSecret(app.store, { box, owner, secret })
  writePending(app.store, pending)
  await at(3)
  const answer = await redeem(context, pending)
  if (answer.state === 'done' || answer.state === 'lost') {
    go({ at: 'wait', pending, passphrase })
    return
  }
  dropPending(app.store)
  show(
    refusal(answer),
    button(common.again, () => {
      go({ at: 'code', code: step.code })
    }),
  )
}

function pendingOf(
  { code, purpose, root }: KeysStep,
  made: Pick<Pending, 'keyFile' | 'loginFile' | 'requests'>,
): Pending {
  const { who, name, role, box: id, journalCertificate } = purpose
  return {
    v: 1,
    code,
    who,
    name,
    ...(role !== undefined && { role }),
    box: { id, journalCertificate },
    root: toBase64(root),
    taken: [],
    ...made,
  }
}

function progress(jobs: readonly Words[], now: number): HTMLElement {
  const state = (at: number): string => (at < now ? 'done' : at === now ? 'now' : '')
  return h(
    'ol',
    { class: 'jobs card', 'aria-busy': 'true' },
    ...jobs.map((job, at) => h('li', { class: state(at) }, job)),
  )
}
