/** The binary package of koffi ships no types; these are the few functions that `cryptoki.ts` calls. */
declare module '@koromix/koffi-linux-x64' {
  export interface NativeFunction {
    (...args: unknown[]): unknown
    /** Calls on a thread of its own; the last argument is `(error, result)`. */
    readonly async: (...args: unknown[]) => void
  }
  export interface Koffi {
    load(
      path: string,
      options: { readonly deep: boolean },
    ): { func(prototype: string): NativeFunction }
    proto(prototype: string): object
    /** The pointer that lies at an offset. */
    decode(pointer: unknown, offset: number, type: 'void *'): bigint
    /** The function at an address. */
    decode(pointer: bigint, prototype: object): NativeFunction
    address(bytes: Uint8Array): bigint
  }
  const koffi: Koffi
  export default koffi
}
