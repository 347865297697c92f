/**
 * What each named recipe is for, in a line: for the command line's help, which runs without LibTorch
 * and therefore cannot read the recipes themselves.
 */
export const recipeSummaries = {
  quick: "a first detector in ten minutes on two cores: 600 steps of 2 radiographs at 384 pixels",
  demo: "the demonstration's small network, from scratch: 3400 steps of 2 at 320 pixels",
  paper: "the paper's study: 64 epochs, 12 radiographs a step at 640 to 800 pixels; for a GPU",
  "paper-r101": "the same with ResNet-101",
  "paper-cpu": "the paper's study in 45 minutes on two cores: 12 epochs, 4 a step at 384 pixels",
  "fine-mask": "the same with masks of 56 x 56 for thin lines and anchors for long bones, 9 epochs",
  fracatlas:
    "fractures of every limb, from FracAtlas: 75 minutes on two cores, at 416 to 608 pixels",
} as const;
