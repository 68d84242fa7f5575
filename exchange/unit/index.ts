/**
 * The public face of the unit's side of signing: what is put before it, and what it answers. Isomorphic: the signer page, the
 * command line and the tests are all this. Nothing reachable from here imports a `node:` module or does I/O.
 */
export * from '../statement/types.ts'
export { ExchangeError, type ExchangeErrorCode } from '../errors.ts'
export * from '../order/acts.ts'
export { orderNames } from '../order/names.ts'
export { readOrderStatement } from '../order/read.ts'
export { statementAttributes } from '../statement/sign.ts'
export { isPathOf, unitOfHolder } from './agreement.ts'
export { answerSignRequest, type AnswerParts } from './answer.ts'
export { requestsText, requireAsked } from './asked.ts'
export { loadFiles, type RequestFiles } from './files.ts'
export {
  emptyMemory,
  lastHead,
  signerMemorySchema,
  type SeenHead,
  type SignerMemory,
} from './memory.ts'
export {
  maxRequestFileBytes,
  readRequestFile,
  requestedCertificates,
  requestId,
  writeRequestFile,
  type RequestedCertificate,
  type RequestedKey,
} from './request_file.ts'
export {
  journalProofFrom,
  signOwnStatement,
  type HeadSource,
  type OwnStatement,
} from './own_statement.ts'
export { acceptRestore, minToldDigits } from './restored.ts'
export { preparedPdf, timelessSeal } from './seal.ts'
export * from './sign_request.ts'
export { webSigner, type UnitSigner } from './signer.ts'
export { nextHead, type KnownBox } from './witness.ts'
