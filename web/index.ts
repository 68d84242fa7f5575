/** The public face of the web room: the two applications, and what is better made before anybody comes. `appliance` gives them servers. */
export { createApp } from './app.ts'
export type { BoxCertificateName, DataFolderName, Health, JournalCopy } from './health.ts'
export { createPkiHandler } from './pki.ts'
export { ceremonyWords, minutesPage, type PrintedMinutes } from './pages/ceremony/minutes.ts'
export { pageHashes, warmSigner, type PageHashes } from './pages/signer.ts'
export { verifierFile } from './pages/verifier.ts'
export type { BoxFacts, Limits, Log, Parts } from './types.ts'
