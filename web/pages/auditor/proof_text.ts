/** An entry's proof as text, and as commands that check it with standard tools alone (`docs/formats/journal.md`). Pure. */
import { toHex } from '../../../ca/index.ts'

/** One level of an audit path: the neighbour's hash and on which side it stands. */
export interface ProofStep {
  readonly hash: Uint8Array
  readonly side: 'left' | 'right'
}

/** The levels of an audit path of RFC 6962 2.1.1, in the order in which RFC 9162 2.1.3.2 joins them. */
export function proofSteps(of: {
  readonly index: number
  readonly size: number
  readonly proof: readonly Uint8Array[]
}): ProofStep[] {
  let [at, last] = [of.index, of.size - 1]
  return of.proof.map((hash) => {
    const isRight = at % 2 === 1 || at === last
    if (isRight && at % 2 === 0) {
      // No neighbour on these levels: the last of a tree that is not full is carried up.
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)]
    }
    ;[at, last] = [Math.floor(at / 2), Math.floor(last / 2)]
    return { hash, side: isRight ? 'left' : 'right' }
  })
}

/** Everything that a check needs, and nothing that the box would have to be believed. */
export interface EntryProof {
  /** RFC 8785, the bytes of the leaf. */
  readonly json: string
  readonly steps: readonly ProofStep[]
  readonly rootHash: Uint8Array
  /** The signed note. */
  readonly checkpoint: string
  /** PEM of the certificate whose key signed it. */
  readonly certificate: string
}

/** A shell script: leaf, path, root, signature. Needs `sh`, `sha256sum`, `basenc` and `openssl`. */
export function proofScript(proof: EntryProof): string {
  const { json, steps, rootHash, checkpoint, certificate } = proof
  return `cat > entry.json <<'END'
${json}
END
cat > checkpoint <<'END'
${checkpoint}END
cat > journal.pem <<'END'
${certificate}END

node() { { printf '\\001'; printf %s "$1$2" | tr a-f A-F | basenc --base16 -d; } | sha256sum | cut -c1-64; }
h=$({ printf '\\000'; tr -d '\\n' < entry.json; } | sha256sum | cut -c1-64)
${steps.map(stepLine).join('')}echo "$h"
echo ${toHex(rootHash)}
sed -n 3p checkpoint | base64 -d | basenc --base16 -w0 | tr A-F a-f; echo

openssl x509 -in journal.pem -noout -pubkey > journal.pub
sed -n 1,3p checkpoint > body
tail -n 1 checkpoint | cut -d' ' -f3 | base64 -d | tail -c 64 > signature
openssl pkeyutl -verify -pubin -inkey journal.pub -rawin -in body -sigfile signature
`
}

function stepLine({ hash, side }: ProofStep): string {
  const name = toHex(hash)
  return side === 'left' ? `h=$(node ${name} "$h")\n` : `h=$(node "$h" ${name})\n`
}

/** A list of hashes, one a line, as `/api/v1/journal/proof` gives them. */
export function hashLines(hashes: readonly Uint8Array[]): string {
  return hashes.map((hash) => `${toHex(hash)}\n`).join('')
}
