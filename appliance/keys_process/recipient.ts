/**
 * For whom the keys' process encrypts its sealed files: a file of its folder that root writes when a box is adopted, or the process itself
 * when it is first asked. Another one that it was asked for lies beside until somebody at the console has said which is right. Pure.
 */

/** Files of the process's folder, each with one recipient. */
export const recipientFiles = { kept: 'recipient', refused: 'recipient-refused' } as const

/** An age recipient: Bech32 of 32 octets with the prefix `age`. Who is to encrypt to it checks its sum. */
export const recipientText = /^age1[02-9ac-hj-np-z]{58}$/
