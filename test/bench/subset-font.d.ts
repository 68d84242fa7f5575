declare module 'subset-font' {
  /** Subsets a font with HarfBuzz; `text` names the characters to keep. */
  export default function subsetFont(
    font: Uint8Array,
    text: string,
    options: { targetFormat: 'truetype' },
  ): Promise<Uint8Array>
}
