/** How far an enrolment has come in this page. Each step gets it and says what to go on with. */
import * as z from 'zod'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import type { Issued, Pending } from './pending.ts'

/** What the box says a code is for. */
export const purposeShape = z.object({
  who: z.string().min(1).max(64),
  name: z.string().min(1).max(200),
  role: z.exactOptional(z.string().max(40)),
  /** `waiting` if a request was made with it already. */
  state: z.exactOptional(z.string()),
  box: z.string().min(1).max(64),
  journalCertificate: z.string().max(16_384),
})
export type Purpose = z.infer<typeof purposeShape>

export type Step =
  | { readonly at: 'code'; readonly code?: string }
  | { readonly at: 'root'; readonly code: string; readonly purpose: Purpose }
  | {
      readonly at: 'passphrase' | 'keys'
      readonly code: string
      readonly purpose: Purpose
      readonly root: Uint8Array
      /** Chosen once at `keys`. */
      readonly passphrase?: string
    }
  | { readonly at: 'wait'; readonly pending: Pending; readonly passphrase?: string }
  | {
      readonly at: 'done'
      readonly pending: Pending
      readonly issued: Issued
      readonly passphrase?: string
    }

export const stepOrder = ['code', 'root', 'passphrase', 'keys', 'wait', 'done'] as const

/** What a step's screen is given. */
export interface StepContext {
  readonly app: App
  readonly api: Api
  readonly go: (next: Step) => void
}
