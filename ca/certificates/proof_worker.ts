/** The thread that checks the proofs of many requests at once, for `request.ts`. */
import { answerBatches } from '../batch_worker.ts'
import { objectionToProof } from './proof.ts'

answerBatches(objectionToProof)
