/**
 * The measures that vary between ankles, in millimetres at the size of an average man; `scale` brings
 * all of them to the patient's size. The ranges they are drawn from stand in `ranges.ts`.
 */
export interface AnkleShape {
  readonly scale: number;
  /** Widths of the shafts over the average's. */
  readonly shaftWidth: number;
  readonly domeRadius: number;
  readonly domeWidth: number;
  readonly superiorClearSpace: number;
  readonly medialClearSpace: number;
  /** Between the fibula and the floor of the tibia's incisura. */
  readonly tibiofibularClearSpace: number;
  /** The lateral malleolus' tip below the plafond; the medial one's. */
  readonly lateralTip: number;
  readonly medialTip: number;
  /** Fibula forward of (positive) or behind the usual place. */
  readonly fibulaForward: number;
  /** Cortical thickness over the average's. */
  readonly cortex: number;
  readonly calcanealPitchDegrees: number;
  /** Soft tissue beyond the bones over the average's. */
  readonly tissue: number;
  /** Swelling over the lateral and over the medial malleolus. */
  readonly lateralSwelling: number;
  readonly medialSwelling: number;
  /** Where it is thickest: above the plafond, and forward of the malleoli. */
  readonly swellingLevel: number;
  readonly swellingForward: number;
  /** How far up and down it reaches, over the usual. */
  readonly swellingLength: number;
}
