/**
 * Where we and the other validators differ over signed files that were found in the open, or where we fail one, a row a file, each looked into by hand. `theirs` is what
 * pyHanko 0.34.1 says of each signature (`verdicts.json` beside the files), then pdfsig 22.12.
 */

/** What we say of the file, and of each of its signatures. */
export interface Difference {
  readonly verdict: 'TOTAL-FAILED' | 'INDETERMINATE'
  readonly integrity: string
  readonly theirs: string
  readonly why: string
}

const failed = (integrity: string, theirs: string, why: string): Difference => ({
  verdict: 'TOTAL-FAILED',
  integrity,
  theirs,
  why,
})
const open = (integrity: string, theirs: string, why: string): Difference => ({
  verdict: 'INDETERMINATE',
  integrity,
  theirs,
  why,
})

/** By corpus and file. */
export const differences: Readonly<Record<string, Difference>> = {
  'esig-dss/AD-RB.pdf': failed(
    'broken intact',
    'refused intact; - valid',
    'the first signature has the format /PBAD.PAdES of Brazil, which no European standard knows; the second holds',
  ),
  'esig-dss/BadEncodedCMS.pdf': failed(
    'broken',
    'refused; none',
    'its serial number is no well-formed INTEGER; pyHanko and pdfsig refuse it for other reasons',
  ),
  'esig-dss/DSS-1683.pdf': open(
    'intact',
    'refused; valid',
    'intact, an old format without signed attributes and with SHA-1; pyHanko does not allow SHA-1',
  ),
  'esig-dss/DSS-3298.pdf': failed(
    'changed',
    'intact; valid -',
    'a line end stands after the end of the file, outside every signature; others overlook it',
  ),
  'esig-dss/PAdES-LT.pdf': open(
    'intact intact intact',
    'refused refused refused; valid valid - valid',
    'intact; pyHanko refuses any hybrid file',
  ),
  'esig-dss/PAdESWithCrossCertificateOCSP.pdf': open(
    'intact',
    'refused; valid',
    'intact; pyHanko refuses any hybrid file',
  ),
  'esig-dss/Signature-P-BG_BOR-1.pdf': open(
    'intact',
    'refused; valid',
    'intact; pyHanko refuses any hybrid file',
  ),
  'esig-dss/Signature-P-DE_SCI-4.pdf': open(
    'intact',
    'changed; valid -',
    'intact: /Resources went to another object with the same content, which pyHanko does not compare',
  ),
  'esig-dss/Signature-P-HU_NET-2.pdf': failed(
    'broken',
    'refused; invalid',
    'an algorithm without a hash in its name, not accepted; pdfsig says invalid, pyHanko refuses any hybrid file',
  ),
  'esig-dss/Signature-P-SK-6.pdf': open(
    'intact intact',
    'intact refused intact; valid - valid',
    'intact: the second is a document timestamp, of which /Type says /Sig',
  ),
  'esig-dss/TEST2_signed_with_zero_policy_hash.pdf': open(
    'intact',
    'refused; valid',
    'intact; pyHanko refuses any hybrid file',
  ),
  'esig-dss/dss-1188/Test.pdf': open(
    'intact',
    'refused; valid',
    'intact; pyHanko does not allow RSA-1024',
  ),
  'esig-dss/dss-1376/DSS1376-rev_n-3.pdf': open(
    'changed',
    'intact; valid',
    'a form was filled in after sealing, as P=2 permits: seen by a person, so CHANGED, and not failed',
  ),
  'esig-dss/dss-2236/replace.pdf': open(
    'changed',
    'intact; valid',
    'the value of a field was replaced (shadow attack): CHANGED; pyHanko permits it as filling in',
  ),
  'esig-dss/dss-2554/fieldmdp-exclude-signed.pdf': open(
    'intact',
    'refused; valid',
    'intact; pyHanko wants a field by reference',
  ),
  'esig-dss/dss-818/Signature-P-DE_CRY-2 (HASH_FAILURE).pdf': open(
    'intact',
    'broken; valid',
    'its attributes are not sorted, and were signed as they stand; pdfsig says valid too, who sorts them sees another hash',
  ),
  'esig-dss/dss-PLAIN-ECDSA/TeleSec_PKS_eIDAS_QES_CA_1-baseline-b.pdf': failed(
    'broken',
    'refused; invalid',
    'plain ECDSA of the BSI, an algorithm not accepted; pdfsig says invalid',
  ),
  'esig-dss/evidence-record/Signature-P-LT-ef971596-8f2e-407d-a413-aae9cb9b8e4a.pdf': open(
    'intact',
    'refused; valid -',
    'intact; pyHanko stops at a reference that leads nowhere',
  ),
  'esig-dss/hello_signed_INCSAVE_signed.pdf': open(
    'intact intact',
    'refused refused; valid valid',
    'intact; pyHanko does not allow RSA-1024',
  ),
  'esig-dss/hello_signed_INCSAVE_signed_EDITED.pdf': failed(
    'broken intact',
    'refused refused; valid invalid',
    'edited: the second signature does not cover what it must',
  ),
  'esig-dss/malformed-pades.pdf': failed(
    'broken',
    'refused; invalid',
    'it begins with an end of line, not with a header: no PDF by the letter; pdfsig says invalid',
  ),
  'esig-dss/pades-5-signatures-and-1-document-timestamp.pdf': failed(
    'broken',
    'refused; valid valid valid valid valid -',
    '/Prev 0: the chain of revisions leads to the header; pyHanko refuses it, pdfsig repairs it',
  ),
  'esig-dss/pades-bes-no-certificates.pdf': failed(
    'broken',
    'refused; invalid',
    'no certificate inside, so nothing can be verified; pdfsig says invalid',
  ),
  'esig-dss/pades-enveloping-empty-bytes-cms.pdf': failed(
    'broken',
    'refused; valid',
    'the CMS holds content of its own: not detached (EN 319 142-1 6.2.1)',
  ),
  'esig-dss/pades-lt-extended-abde.pdf': open(
    'intact intact',
    'refused intact; valid - valid',
    'intact; pyHanko stops at a reference that leads nowhere',
  ),
  'esig-dss/pades-lt-extended-dss.pdf': open(
    'intact intact',
    'refused intact; valid - valid',
    'intact; pyHanko stops at a reference that leads nowhere',
  ),
  'esig-dss/pades-ltv-from-epes.pdf': open(
    'intact',
    'refused; valid - -',
    'intact; pyHanko stops at a reference that leads nowhere',
  ),
  'esig-dss/pades-ltv-with-reason.pdf': open(
    'intact',
    'refused; valid - -',
    'intact; pyHanko stops at a reference that leads nowhere',
  ),
  'esig-dss/pades_infinite_loop.pdf': failed(
    'broken',
    'refused; none',
    'made to hang readers: the table lies beyond the file; all refuse it',
  ),
  'esig-dss/pades_opposite_infinite_loop.pdf': failed(
    'broken',
    'refused; -',
    'made to hang readers: the table lies beyond the file; all refuse it',
  ),
  'esig-dss/pades_with_orphan_ocsp_cert_refs.pdf': failed(
    'intact',
    'refused refused; valid -',
    'the signature is intact; its document timestamp does not fit the file',
  ),
  'esig-dss/pdf-double-signer-info.pdf': failed(
    'broken',
    'refused; valid',
    'two signers in one signature (EN 319 142-1 6.2.1 wants one); pyHanko refuses it too',
  ),
  'esig-dss/pdf-signed-added-page.pdf': failed(
    'changed',
    'changed; valid',
    'a page was added after signing: nobody disagrees but pdfsig, which does not look',
  ),
  'esig-dss/pdf-signed-out-of-byteRange.pdf': failed(
    'broken',
    'broken; -',
    'the signature lies outside its own gap',
  ),
  'esig-dss/pdf-spoofing-attack.pdf': failed(
    'broken broken',
    'refused; none',
    'spoofed: the gap holds more than the signature; others refuse it for /Encrypt null',
  ),
  'esig-dss/pdf-structtreeroot-changes.pdf': failed(
    'changed intact',
    'refused refused; valid valid',
    'an update of two tables, of which programs read one or the other, that changes signed structure; pyHanko refuses hybrid files',
  ),
  'esig-dss/pdf-with-two-empty-sigs.pdf': failed(
    'broken broken',
    'refused; invalid invalid',
    '/Contents is empty: no signature; all say so',
  ),
  'esig-dss/pkcs7-no-message-digest.pdf': open(
    'intact',
    'refused; valid',
    'intact, an old format without signed attributes and with SHA-1; pyHanko does not allow SHA-1',
  ),
  'esig-dss/siwa.pdf': failed('broken broken', 'changed; valid', 'signature wrapping: an attack'),
  'esig-dss/test-with-vri.pdf': failed(
    'changed',
    'changed; valid',
    'a field was changed that the signature had locked (FieldMDP); pyHanko agrees',
  ),
  'pyhanko/coverage-anomalies/one-byterange.pdf': failed(
    'broken',
    'changed; valid',
    'made to be wrong: one range',
  ),
  'pyhanko/coverage-anomalies/tail-uncovered.pdf': failed(
    'broken',
    'changed; valid',
    'made to be wrong: the end is not covered',
  ),
  'pyhanko/coverage-anomalies/weird-byterange.pdf': failed(
    'broken',
    'changed; valid',
    'made to be wrong: the gap is elsewhere',
  ),
  'pyhanko/ed448-disallowed-hash.pdf': failed(
    'broken',
    'refused; invalid',
    'Ed448, which is not supported, with a hash that the standard forbids; pyHanko refuses it',
  ),
  'pyhanko/extensions-indirect-not-all-paths.pdf': failed(
    'changed intact',
    'changed intact; valid invalid',
    '/Extensions changed in an object that something else leads to as well; pyHanko says the same',
  ),
  'pyhanko/form-update-ap-indirect-sneaky-trailer.pdf': open(
    'intact intact',
    'changed intact; valid valid',
    'intact: the new mark is also named by a key of the trailer that means nothing',
  ),
  'pyhanko/form-update-override-appearance-stream-sneaky.pdf': failed(
    'changed intact',
    'changed intact; valid valid',
    'the look of a field was replaced that the catalog names as well; pyHanko agrees',
  ),
  'pyhanko/minimal-two-fields-signed-twice.pdf': failed(
    'changed intact',
    'intact intact; valid valid',
    'the second signature’s mark lies over “Hello World”, which the first had signed, as paint and not as ink',
  ),
  'pyhanko/pdf-sig-with-econtent.pdf': failed(
    'broken',
    'refused; valid',
    'the CMS holds content of its own: not detached; pyHanko agrees',
  ),
  'digitorus-pdfsign/testfile30.pdf': open(
    'intact',
    'refused; valid',
    'intact; pyHanko does not allow RSA-1024',
  ),
  'mkl-testarea/AdelinVoicu-sample_signed.pdf': failed(
    'broken',
    'refused; -',
    'a row of the table is damaged; pyHanko refuses it',
  ),
  'openpdf/pdf_digital_signature_timestamp.pdf': open(
    'intact',
    'refused; valid',
    'intact; pyHanko does not allow RSA-1024',
  ),
  'openpdf/sample_signed-sha1.pdf': open(
    'intact',
    'refused; valid',
    'intact; pyHanko does not allow SHA-1',
  ),
  'pdfjs/signed_verified.pdf': failed(
    'broken',
    'changed; invalid',
    'the gap leaves the angle brackets inside the ranges, and the hash differs; pdfsig says mismatch',
  ),
  'node-signpdf/with-placeholder.pdf': failed(
    'broken',
    'refused; -',
    'a placeholder: not yet signed',
  ),
}
