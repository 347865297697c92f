"""Every number on torchvision's way from an image to losses, gradients, trained weights and masks.

    python3 test-torchvision.py <specification.json> <expected.safetensors>

The specification holds a configuration of ours and the truths; the network is torchvision's own,
built from it. Where no setting of either side makes the two equal, torchvision is made to follow
Detectron2 (`follow_detectron2`), and nothing else of it is touched. Nothing is drawn by chance:
both samplers are asked for more than there is and take everything.
"""

import json
import struct
import sys

import numpy
import torch
import torchvision
from torch.nn import functional
from torchvision.models.detection import MaskRCNN, faster_rcnn, mask_rcnn, roi_heads, transform
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.rpn import concat_box_prediction_layers
from torchvision.ops import FrozenBatchNorm2d, MultiScaleRoIAlign, boxes as box_ops

# torchvision rounds its anchors; of anchors this many times as large it rounds nothing away.
FINE = 2**16
AWAY = 4.0


def follow_detectron2(model):
    do_not_round(model.rpn.anchor_generator)
    # RoIAlign without its half-pixel shift, in the heads.
    torchvision.ops.poolers.roi_align = lambda *args, **named: torchvision.ops.roi_align(
        *args, aligned=True, **named
    )
    # Mask targets that are shares of cells, from pixels; Detectron2 has outlines and yes or no.
    roi_heads.project_masks_on_boxes = rectangles_on_boxes
    # Masks stretched over boxes of whole pixels.
    transform.paste_masks_in_image = paste_by_grid_sample


def do_not_round(generator):
    generator.cell_anchors = [
        generator.generate_anchors([size * FINE for size in sizes], ratios) / FINE
        for sizes, ratios in zip(generator.sizes, generator.aspect_ratios)
    ]
    return generator


def rectangles_on_boxes(rectangles, boxes, truths, size):
    """What the COCO API's polygons give for unions of rectangles: it rounds corners to fifths of a
    cell, and a cell is inside where its middle fifth is. [n, size, size]"""
    middles = 5 * torch.arange(size, dtype=torch.float64) + 2
    own = rectangles[truths].double()  # [n, rectangles, 4]
    corner, sides = boxes[:, None, :2].double(), (boxes[:, None, 2:] - boxes[:, None, :2]).double()
    low, high = (torch.floor(5 * (c - corner) / sides * size + 0.5) for c in own.split(2, 2))
    inside = (low[..., None] <= middles) & (middles < high[..., None])  # [n, rectangles, xy, size]
    return (inside[:, :, 1, :, None] & inside[:, :, 0, None, :]).any(1).to(boxes.dtype)


def paste_by_grid_sample(masks, boxes, image_size, padding=1):
    """Every pixel's centre looked up in the mask stretched over its box. [n, 1, height, width]"""
    height, width = image_size
    x1, y1, x2, y2 = boxes[:, :, None].unbind(1)  # each [n, 1]
    x = 2 * (torch.arange(width) + 0.5 - x1) / (x2 - x1) - 1
    y = 2 * (torch.arange(height) + 0.5 - y1) / (y2 - y1) - 1
    grid = torch.stack(
        (x[:, None, :].expand(-1, height, -1), y[:, :, None].expand(-1, -1, width)), 3
    )
    return functional.grid_sample(masks, grid, align_corners=False)


def build_backbone(config):
    """`resnet_fpn_backbone`, whose pyramid may have other than 256 channels."""
    network = getattr(torchvision.models, f"resnet{config['depth']}")(norm_layer=FrozenBatchNorm2d)
    for name, parameter in network.named_parameters():
        stage = int(name[5]) if name.startswith("layer") else 0
        parameter.requires_grad_(stage >= config["freezeAt"])
    layers = {f"layer{stage}": str(stage - 1) for stage in (1, 2, 3, 4)}
    return BackboneWithFPN(network, layers, [256, 512, 1024, 2048], config["fpnChannels"])


def build(config, image_sizes):
    rpn, roi, features = config["rpn"], config["roi"], config["backbone"]["fpnChannels"]
    classes = len(config["classes"]) + 1
    hidden, channels = roi["box"]["fullyConnectedChannels"], roi["mask"]["channels"]
    sizes = tuple(tuple(level) for level in config["anchors"]["sizes"])

    def pool(head):
        return MultiScaleRoIAlign(
            ["0", "1", "2", "3"],
            head["pooledSize"],
            head["samplingRatio"],
            canonical_scale=roi["canonicalBoxSize"],
            canonical_level=roi["canonicalLevel"],
        )

    model = MaskRCNN(
        build_backbone(config["backbone"]),
        # No image is resized.
        min_size=min(min(size) for size in image_sizes),
        max_size=max(max(size) for size in image_sizes),
        rpn_anchor_generator=AnchorGenerator(
            sizes, (tuple(config["anchors"]["aspectRatios"]),) * len(sizes)
        ),
        rpn_pre_nms_top_n_train=rpn["preNms"]["train"],
        rpn_pre_nms_top_n_test=rpn["preNms"]["test"],
        rpn_post_nms_top_n_train=rpn["postNms"]["train"],
        rpn_post_nms_top_n_test=rpn["postNms"]["test"],
        rpn_nms_thresh=rpn["nmsThreshold"],
        rpn_bg_iou_thresh=rpn["iouThresholds"][0],
        rpn_fg_iou_thresh=rpn["iouThresholds"][1],
        rpn_batch_size_per_image=rpn["batchSizePerImage"],
        rpn_positive_fraction=rpn["positiveFraction"],
        box_roi_pool=pool(roi["box"]),
        box_head=faster_rcnn.TwoMLPHead(features * roi["box"]["pooledSize"] ** 2, hidden),
        box_predictor=faster_rcnn.FastRCNNPredictor(hidden, classes),
        box_score_thresh=roi["scoreThreshold"],
        box_nms_thresh=roi["nmsThreshold"],
        box_detections_per_img=roi["detectionsPerImage"],
        box_bg_iou_thresh=roi["iouThreshold"],
        box_fg_iou_thresh=roi["iouThreshold"],
        box_batch_size_per_image=roi["batchSizePerImage"],
        box_positive_fraction=roi["positiveFraction"],
        bbox_reg_weights=roi["box"]["boxWeights"],
        mask_roi_pool=pool(roi["mask"]),
        mask_head=mask_rcnn.MaskRCNNHeads(features, [channels] * roi["mask"]["convolutions"], 1),
        mask_predictor=mask_rcnn.MaskRCNNPredictor(channels, channels, classes),
    )
    model.transform.size_divisible = config["sizeDivisibility"]
    return model


def draw_weights(model, images):
    """Random weights, then norms and biases from what they make of the images.

    Where ReLU sees a number next to 0, two ways of rounding take it for different slopes, and the
    gradients differ by what that one cell contributes. So every channel before a ReLU is moved four
    of its deviations away from 0: half of them pass, half of them do not.
    """
    hooks = []
    for name, module in model.backbone.body.named_modules():
        if isinstance(module, FrozenBatchNorm2d):
            # A block's last norm adds little, or activations would double with every block.
            settle = settle_norm(0.3 if name.endswith("bn3") else 1.0)
            hooks.append(module.register_forward_pre_hook(settle))
    heads, masks = model.roi_heads, model.roi_heads.mask_predictor
    rectified = [model.rpn.head.conv, heads.box_head, heads.mask_head, masks.conv5_mask]
    layers = [(each, 1.0, AWAY) for part in rectified for each in part.modules()]
    layers += [(each[0], 1.0, 0.0) for each in model.backbone.fpn.layer_blocks]
    layers += [
        (model.rpn.head.cls_logits, 1.0, 0.0),
        (model.rpn.head.bbox_pred, 0.2, 0.0),
        (heads.box_predictor.cls_score, 1.0, 0.0),
        (heads.box_predictor.bbox_pred, 1.0, 0.0),
        (masks.mask_fcn_logits, 1.0, 0.0),
    ]
    for layer, deviation, offset in layers:
        if hasattr(layer, "bias"):
            hooks.append(layer.register_forward_hook(settle_layer(deviation, offset)))
    with torch.no_grad():
        model.eval()(images)
    for hook in hooks:
        hook.remove()


def alternating(count, offset):
    return offset * (1 - 2 * (torch.arange(count) % 2))


def settle_norm(gain):
    def settle(module, inputs):
        module.running_mean.copy_(inputs[0].mean((0, 2, 3)))
        module.running_var.copy_(inputs[0].var((0, 2, 3)))
        module.weight.uniform_(0.9 * gain, 1.1 * gain)
        module.bias.copy_(alternating(module.bias.numel(), AWAY * gain))

    return settle


def settle_layer(deviation, offset):
    settled = set()

    def settle(module, inputs, output):
        # A layer that is used for several levels is settled on the first, the largest.
        if module in settled:
            return output
        settled.add(module)
        others = [d for d in range(output.dim()) if d != 1]
        factor = deviation / output.std(others)
        shape = [-1 if d == 1 else 1 for d in range(output.dim())]
        mean = output.mean(others) - module.bias
        bias = alternating(module.bias.numel(), offset) - mean * factor
        # Its outputs are the second dimension of a transposed convolution's weight.
        own = int(isinstance(module, torch.nn.ConvTranspose2d))
        module.weight.mul_(factor.view([-1 if d == own else 1 for d in range(module.weight.dim())]))
        result = (output - module.bias.view(shape)) * factor.view(shape) + bias.view(shape)
        module.bias.copy_(bias)
        return result

    return settle


def draw_images(sizes):
    """Smooth structure at several scales, of three colours, 0 to 1."""
    generator = torch.Generator().manual_seed(6)
    images = []
    for height, width in sizes:
        image = torch.zeros(1, 3, height, width)
        for cells in (3, 9, 27):
            noise = torch.rand(1, 3, cells, cells, generator=generator)
            image += functional.interpolate(noise, (height, width), mode="bilinear") / 3
        images.append(image[0])
    return images


def targets_of(truths):
    """Outlines stay the rectangles whose union they are: [objects, rectangles, 4]."""
    return [
        {
            "boxes": torch.tensor(truth["boxes"], dtype=torch.float32),
            "labels": torch.tensor(truth["classes"]) + 1,
            "masks": torch.tensor(truth["rectangles"], dtype=torch.float64),
        }
        for truth in truths
    ]


def losses_of(model, images, targets):
    """`GeneralizedRCNN.forward` in training, whose truths need not be masks of pixels."""
    batch, _ = model.transform(images)
    features = model.backbone(batch.tensors)
    proposals, first = model.rpn(batch, features, targets)
    _, second = model.roi_heads(features, proposals, batch.image_sizes, targets)
    return {**first, **second}


def rungs_below_the_losses(model, images, targets):
    found = {}
    batch, _ = model.transform(images)
    features = model.backbone(batch.tensors)
    found.update({f"feature {i}": each for i, each in enumerate(features.values())})
    levels = list(features.values())
    logits, deltas = model.rpn.head(levels)
    anchors = model.rpn.anchor_generator(batch, levels)
    found["anchors"] = anchors[0]
    defaults = AnchorGenerator(((32,), (64,), (128,), (256,), (512,)), ((0.5, 1.0, 2.0),) * 5)
    found["default anchors"] = do_not_round(defaults)(batch, levels)[0]
    counts = [each[0].numel() for each in logits]
    logits, deltas = concat_box_prediction_layers(logits, deltas)
    found["logits"] = logits.reshape(len(images), -1)
    found["deltas"] = deltas.reshape(len(images), -1, 4)

    labels, matched = model.rpn.assign_targets_to_anchors(anchors, targets)
    wanted = model.rpn.box_coder.encode(matched, anchors)
    decoded = model.rpn.box_coder.decode(deltas, anchors).reshape(len(images), -1, 4)
    # So large that some boxes grow as far as a box may.
    grown = model.roi_heads.box_coder.decode(found["deltas"][0] * 400, anchors[:1])[:, 0]
    found["decoded with weights"] = grown
    for i, target in enumerate(targets):
        found[f"anchor labels {i}"] = labels[i]
        found[f"anchor truths {i}"] = box_ops.box_iou(target["boxes"], anchors[i]).max(0).indices
        found[f"encoded {i}"] = wanted[i]
        found[f"decoded {i}"] = decoded[i]
    for mode in ("train", "test"):
        model.train(mode == "train")
        proposals, _ = model.rpn.filter_proposals(decoded, logits, batch.image_sizes, counts)
        found.update({f"{mode} proposals {i}": each for i, each in enumerate(proposals)})
        if mode == "test":
            continue
        regions, truths, classes, deltas = model.roi_heads.select_training_samples(
            proposals, targets
        )
        for i in range(len(images)):
            found[f"regions {i}"] = regions[i]
            found[f"region truths {i}"] = truths[i]
            found[f"region classes {i}"] = classes[i]
            found[f"region deltas {i}"] = deltas[i]
    return found


def detections(model, images):
    model.eval()
    found = {}
    for i, image in enumerate(model(images)):
        found[f"detected boxes {i}"] = image["boxes"]
        found[f"detected classes {i}"] = image["labels"] - 1
        found[f"detected scores {i}"] = image["scores"]
        found[f"detected masks {i}"] = image["masks"][:, 0]
    return found


def gradients(model, images, targets):
    losses = losses_of(model.train(), images, targets)
    sum(losses.values()).backward()
    found = {"losses": in_order(losses)}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            found[f"gradient {name}"] = parameter.grad.clone()
    return found


def train(model, images, targets, settings, steps):
    """Losses of every step, and weights and momentum after the last."""
    trained = {name: each for name, each in model.named_parameters() if each.requires_grad}
    optimizer = torch.optim.SGD(trained.values(), **settings)
    losses = []
    for _ in range(steps):
        step = losses_of(model.train(), images, targets)
        losses.append(in_order(step))
        optimizer.zero_grad()
        sum(step.values()).backward()
        optimizer.step()
    found = {"losses of steps": torch.stack(losses)}  # [steps, 5]
    for name, each in trained.items():
        found[f"trained {name}"] = each
        found[f"momentum {name}"] = optimizer.state[each]["momentum_buffer"]
    return found


def in_order(losses):
    names = ("objectness", "rpn_box_reg", "classifier", "box_reg", "mask")
    return torch.stack([losses[f"loss_{name}"].detach() for name in names])


def write_safetensors(path, tensors):
    header, offset = {}, 0
    arrays = {
        name: each.detach().to(torch.float32).contiguous().numpy() for name, each in tensors.items()
    }
    for name, array in arrays.items():
        end = offset + array.nbytes
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            array.tofile(file)


def main():
    with open(sys.argv[1]) as file:
        specification = json.load(file)
    torch.manual_seed(5)
    model = build(specification["config"], specification["sizes"])
    follow_detectron2(model)
    images = draw_images(specification["sizes"])
    draw_weights(model, images)
    targets = targets_of(specification["targets"])
    found = {f"image {i}": image for i, image in enumerate(images)}
    found.update({f"weights {k}": each.clone() for k, each in model.state_dict().items()})
    with torch.no_grad():
        found.update(rungs_below_the_losses(model, images, targets))
        found.update(detections(model, images))
    found.update(gradients(model, images, targets))
    trained = targets_of(specification["trainingTargets"])
    found.update(train(model, images, trained, specification["sgd"], specification["steps"]))
    write_safetensors(sys.argv[2], found)


main()
