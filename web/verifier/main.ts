/**
 * The verifier's beginning, in all its parts: the page, and the threads that it starts from this very script (`threads.ts`), so that what
 * judges is in the one file whose hash was published.
 */
import { startJudgeThread } from './judge/thread.ts'
import { startDrawThread } from './pages/thread.ts'
import { startPage } from './start.ts'
import type { ThreadName } from './threads.ts'

const threads = {
  judge: startJudgeThread,
  draw: startDrawThread,
} as const satisfies Record<ThreadName, () => void>

if ('document' in globalThis) startPage()
else threads[self.name as ThreadName]()
