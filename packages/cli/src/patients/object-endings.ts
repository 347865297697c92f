/** What follows a radiograph's name in those of the DICOM objects made of it. */
export const OBJECT_ENDINGS = {
  segmentation: ".segmentation.dcm",
  presentation: ".presentation.dcm",
  picture: ".picture.dcm",
  report: ".report.dcm",
} as const;
