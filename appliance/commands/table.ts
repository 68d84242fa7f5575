/** All commands: name, one line of help, and where they are loaded from when asked for. */

export interface Command {
  readonly name: string
  readonly usage: string
  readonly does: string
  readonly load: () => Promise<{ run(argv: string[]): Promise<number> }>
}

export const commands: readonly Command[] = [
  {
    name: 'start',
    usage:
      'start [--data DIR] [--port 8443] [--pki-port 8080] [--host NAME] [--bind ADDRESS] [--district NAME] [--passphrase-file FILE] [--pin-file FILE] [--clamd SOCKET [--signatures DIR]] [--set-up-at-console] [--await-mount DIR]... [--demo [--demo-out DIR]]',
    does: 'serves the box; an empty folder gets its first boot as a trial box; --demo fills it with a district at work',
    load: () => import('./start.ts'),
  },
  {
    name: 'init',
    usage: 'init --papers DIR [--data DIR] [--answers FILE.json] [--dry-run]',
    does: 'the ceremony that makes a production box: guided at the terminal, or by a file of answers; the root key leaves in shares',
    load: () => import('./init.ts'),
  },
  {
    name: 'console',
    usage:
      'console [--data DIR] [--papers DIR] [--port 8443] [--pki-port 8080] [--terminal TTY...] [--image]',
    does: 'the guided set-up, step by step, and the state of the box; in the image it runs by itself on screen and serial line',
    load: () => import('./console.ts'),
  },
  {
    name: 'ceremony roll-over',
    usage:
      'ceremony roll-over --role root|issuing --papers DIR [--data DIR] [--root-key DIR --share FILE...] [--answers FILE.json] [--dry-run]',
    does: 'a new root or issuing authority beside the old one, with links; shares open the root key; the box must not run',
    load: () => import('./ceremony_roll_over.ts'),
  },
  {
    name: 'ceremony crl',
    usage:
      'ceremony crl --papers DIR [--data DIR] [--revoke SHA256 [--reason REASON] [--invalidity-date TIME]] [--root-key DIR --share FILE...] [--answers FILE.json]',
    does: 'the absent root signs its revocation list anew: once a year, or with an authority that it revokes',
    load: () => import('./ceremony_crl.ts'),
  },
  {
    name: 'ceremony break-glass',
    usage:
      'ceremony break-glass --answers FILE.json --papers DIR [--data DIR] --root-key DIR [--share FILE...]',
    does: 'the custodians of the root key appoint new officers where the quorum is lost',
    load: () => import('./ceremony_break_glass.ts'),
  },
  {
    name: 'ceremony backup-key',
    usage:
      'ceremony backup-key --papers DIR [--data DIR] [--answers FILE.json] [--passphrase-file FILE] [--pin-file FILE]',
    does: 'the custodians make the key of the backups of a box that was made before, or another one; it leaves in shares',
    load: () => import('./ceremony_backup_key.ts'),
  },
  {
    name: 'demo',
    usage: 'demo --out DIR [--units N] [--documents N] [--roster CSV] [--texts JSONL[.gz]]',
    does: 'a district at work without a person: sealed, sent, signed for, found, verified',
    load: () => import('./demo.ts'),
  },
  {
    name: 'verify',
    usage:
      'verify FILE... --trust ROOT.pem [--at TIME] [--json] [--attachments DIR] [--draft FILE] [--statements FILE|DIR...] [--heads FILE|DIR...] [--sheet DIR [--language zh|en]]',
    does: 'judges sealed PDFs, evidence bundles, receipts, statements, tokens, certificates, and compares heads of journals; opens no socket',
    load: () => import('./verify.ts'),
  },
  {
    name: 'renew-evidence',
    usage:
      'renew-evidence [--data DIR] [--all] [--hash SHA-256|SHA-512] [--passphrase-file FILE] [--pin-file FILE]',
    does: 'stamps and renews now what the box does each night by itself; --all renews all evidence, --hash covers the archive anew; the box must not run',
    load: () => import('./renew_evidence.ts'),
  },
  {
    name: 'enrol',
    usage:
      'enrol --box URL --code CODE --root-fingerprint HEX --out DIR [--passphrase-file FILE] [--legacy-p12]',
    does: 'at the unit: makes its keys, waits for an officer’s approval, writes .p12 and key files',
    load: () => import('./enrol.ts'),
  },
  {
    name: 'renew',
    usage: 'renew --unit DIR [--early] [--passphrase-file FILE] [--unit-secret-file FILE]',
    does: 'at the unit: new keys and certificates for what ends within 60 days; the same command goes on where it broke off',
    load: () => import('./renew.ts'),
  },
  {
    name: 'seal',
    usage:
      'seal DOCUMENT|FILE.signreq --unit DIR [--seat clerk] [--passphrase-file FILE] [--unit-secret-file FILE]',
    does: 'at the unit: seals a numbered document with the unit’s key; of a file writes NAME.signed, without a network',
    load: () => import('./seal.ts'),
  },
  {
    name: 'sign-for',
    usage: 'sign-for DOCUMENT|FILE.signreq --unit DIR [--seat clerk] [--out DIR]',
    does: 'at the unit: signs for a document and keeps the receipt; of a file writes NAME.signed',
    load: () => import('./sign_for.ts'),
  },
  {
    name: 'bundle',
    usage: 'bundle DOCUMENT --unit DIR [--seat clerk] [--out FILE.asice]',
    does: 'at the unit: fetches the evidence bundle of a document, for verify and for auditors',
    load: () => import('./bundle.ts'),
  },
  {
    name: 'document',
    usage:
      'document draft FILE.json | approve|number|dispatch|return DOCUMENT|FILE.signreq | tasks | search WORDS --unit DIR [--seat SEAT] [--series 代字] [--deadline TIME] [--reason WORDS]',
    does: 'at the unit: the steps of a document’s life beside seal and sign-for, what is to be done, and search; DOCUMENT: 8 characters of it are enough for what is to be done',
    load: () => import('./document.ts'),
  },
  {
    name: 'roster',
    usage: 'roster FILE [--json] [--apply --unit DIR]',
    does: 'reads a roster of units; with --apply an officer registers them',
    load: () => import('./roster.ts'),
  },
  {
    name: 'requests',
    usage:
      'requests [approve ID... | refuse ID --reason WORDS | issue-code WHO [--old keep|superseded|keyCompromise]] --unit DIR [--all]',
    does: 'an officer: who waits for approval, with the words to compare; approves, refuses, gives a further code; --old for who enrols anew',
    load: () => import('./requests.ts'),
  },
  {
    name: 'orders',
    usage:
      'orders [list [--all] | propose ACT ... --reason WORDS | countersign ID | withdraw ID | save ID --out DIR] --unit DIR',
    does: 'officers: grave acts, which one proposes and another countersigns; ACT: revoke-service, confirm-time, roll-over-service, state-compromise, install-upgrade, restore-backup',
    load: () => import('./orders.ts'),
  },
  {
    name: 'upgrade',
    usage: 'upgrade [FILE.sealbox-upgrade | --state] --unit DIR',
    does: 'an administrator: brings a new version of the image to the box, in pieces; two officers order it then; --state says what runs',
    load: () => import('./upgrade.ts'),
  },
  {
    name: 'appoint',
    usage: 'appoint ID --role officer|auditor|administrator --unit DIR',
    does: 'an officer: appoints a person, prints the code to enrol by',
    load: () => import('./appoint.ts'),
  },
  {
    name: 'revoke',
    usage:
      'revoke CERTIFICATE|--holder HOLDER --reason REASON [--invalidity-date TIME] | --release --unit DIR',
    does: 'an officer: revokes by SHA-256 or file, or all of a holder (reason certificateHold: on hold), or releases; says how fast it was seen',
    load: () => import('./revoke.ts'),
  },
  {
    name: 'sign-signatures',
    usage:
      'sign-signatures LIST --unit DIR --out DIR [--passphrase-file FILE] [--unit-secret-file FILE]',
    does: 'an administrator or officer: signs a list of virus signatures of the district’s own, so that the box takes it',
    load: () => import('./sign_signatures.ts'),
  },
  {
    name: 'inspect',
    usage: 'inspect FILE... [--json]',
    does: 'says what speaks against sealing PDFs: active or hidden content, what could show something else later; page by page',
    load: () => import('./inspect.ts'),
  },
  {
    name: 'layout',
    usage: 'layout DRAFT.json --out FILE.pdf',
    does: 'lays a draft out as it would be sealed',
    load: () => import('./layout.ts'),
  },
  {
    name: 'declare-compromise',
    usage:
      'declare-compromise --since TIME [--key timestamping|issuing|...] [--certificate SHA256] [--data DIR] [--json]',
    does: 'if a key were in other hands since then: which documents stay provable, which do not, and what to order; changes nothing',
    load: () => import('./declare_compromise.ts'),
  },
  {
    name: 'keys serve',
    usage: 'keys serve --state DIR [--socket PATH] [--passphrase-file FILE]',
    does: 'in the image, started by systemd: holds the issuing authority’s key, signs what passes its linter, writes each signature down',
    load: () => import('./keys_serve.ts'),
  },
  {
    name: 'machine run',
    usage: 'machine run [--spool DIR]',
    does: 'in the image, as root and started by systemd: does what was asked of the machine, by a closed table of acts',
    load: () => import('./machine_run.ts'),
  },
  {
    name: 'doctor',
    usage: 'doctor [--data DIR] [--json] [--language zh|en]',
    does: 'how the box is, and what to do next: asks one that runs, reads one that does not; 0 all well, 1 something failed, 2 something wants a look',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'machine set-clock',
    usage: 'machine set-clock',
    does: 'in the image, by systemd while the box is set up: sets the clock of the machine',
    load: () => import('./machine_set_clock.ts'),
  },
  {
    name: 'disk-recovery',
    usage: 'disk-recovery --share FILE...',
    does: 'on any machine: the custodians’ shares give what opens a box’s data disk when its TPM does not',
    load: () => import('./disk_recovery.ts'),
  },
  {
    name: 'machine open-disk',
    usage: 'machine open-disk',
    does: 'in the image, by systemd before anything else of the box: opens the data partition, or makes it at the very first start',
    load: () => import('./machine_open_disk.ts'),
  },
  {
    name: 'machine disk',
    usage: 'machine disk',
    does: 'in the image, by systemd when it was asked for: keys of the data disk, PIN, recovery, factory reset',
    load: () => import('./machine_disk.ts'),
  },
  {
    name: 'machine upgrade',
    usage: 'machine upgrade',
    does: 'in the image, by systemd when officers ordered it: writes an upgrade into the slot that does not run',
    load: () => import('./machine_upgrade.ts'),
  },
  {
    name: 'machine healthy',
    usage: 'machine healthy [--port 8443] [--pki-port 8080]',
    does: 'in the image, by systemd at each start: waits until the box is well and commits an upgrade that was on trial',
    load: () => import('./machine_healthy.ts'),
  },
  {
    name: 'backup',
    usage:
      'backup FILE [--since last|FILE|NAME] [--data DIR] [--json] [--passphrase-file FILE] [--pin-file FILE]',
    does: 'writes everything to one age file for the custodians, while the box serves or rests; with --since what came after an earlier one',
    load: () => import('./backup.ts'),
  },
  {
    name: 'restore',
    usage:
      'restore FILE... [--data DIR] [--identity FILE | --share FILE... [--answers FILE.json]] [--root-fingerprint HEX] [--heads FILE|DIR...] [--accept-stale] [--two-officers] [--check] [--json]',
    does: 'restores a full backup with its increments into an empty folder; says so and refuses where it was cut, altered or is stale; --check leaves nothing',
    load: () => import('./restore.ts'),
  },
  {
    name: 'accept-restore',
    usage: 'accept-restore ORDER.json --told DIGITS --unit DIR',
    does: 'at the unit: goes on with a box that was restored from a backup, by the officers’ order; DIGITS of its name as an officer reads them out',
    load: () => import('./accept_restore.ts'),
  },
  {
    name: 'rebuild',
    usage: 'rebuild [--data DIR]',
    does: 'makes all views and the search index anew from the journal',
    load: () => import('./rebuild.ts'),
  },
  {
    name: 'rehost',
    usage:
      'rehost --host NAME [--also NAME...] [--pki-url URL] [--drop-old] [--data DIR] [--passphrase-file FILE] [--pin-file FILE]',
    does: 'another host name or address: a new TLS certificate, and another address in what is issued from now on; the box must not run',
    load: () => import('./rehost.ts'),
  },
  {
    name: 'journal verify',
    usage: 'journal verify [--data DIR] [--head CHECKPOINT...]',
    does: 're-reads the whole journal and recomputes its tree',
    load: () => import('./journal_verify.ts'),
  },
  {
    name: 'journal export',
    usage: 'journal export --out DIR [--data DIR]',
    does: 'copies the journal with a signed checkpoint and the certificates, for an auditor',
    load: () => import('./journal_export.ts'),
  },
  {
    name: 'image build',
    usage: 'image build --keys DIR --out DIR [--version V] [--unsigned] [--fast] [--data-mib N]',
    does: 'a verified disk image from the lock and the sources; --unsigned needs only the public files of the keys; on Debian 12',
    load: () => import('./image_build.ts'),
  },
  {
    name: 'image keys',
    usage: 'image keys --out DIR',
    does: 'the owner’s keys for Secure Boot, the data partition and upgrades',
    load: () => import('./image_keys.ts'),
  },
  {
    name: 'image attach',
    usage: 'image attach --out DIR --signatures DIR [--version V] [--data-mib N]',
    does: 'published signatures onto an unsigned build: the released image, bit by bit',
    load: () => import('./image_attach.ts'),
  },
  {
    name: 'image container',
    usage: 'image container --out DIR [--version N.N.N]',
    does: 'builds the product as an OCI image, without an engine: a folder and an archive for podman and others',
    load: () => import('./image_container.ts'),
  },
  {
    name: 'image test',
    usage: 'image test [FILE...]',
    does: 'builds the image of these sources and boots it in QEMU, whole and broken; what npm run test:image does',
    load: () => import('./image_test.ts'),
  },
  {
    name: 'image lock',
    usage: 'image lock',
    does: 'locks the Debian packages that the mirror has today',
    load: () => import('./image_lock.ts'),
  },
]

const rowOf = ({ usage, does }: Command): string => `  sealbox ${usage}\n      ${does}`

/** One command's lines, or those of all that begin with this word. */
export function helpOf(name: string): string | undefined {
  const rows = commands
    .filter((command) => command.name === name || command.name.startsWith(`${name} `))
    .map(rowOf)
  return rows.length === 0 ? undefined : `${rows.join('\n')}\n`
}

export function help(): string {
  const rows = commands.map(rowOf)
  return `Sealbox 印匣: sealed official documents between the units of a district\n\n${rows.join('\n')}\n\n  sealbox --version | --help\n`
}
