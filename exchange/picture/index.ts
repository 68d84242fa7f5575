/** Pictures of pages, for other folders of this room. */
export { createPagePictures, type PagePictures } from './page_pictures.ts'
export {
  defaultPictureLimits,
  type PagePicture,
  type PictureFailure,
  type PictureLimits,
  type PictureSource,
} from './types.ts'
