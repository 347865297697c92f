"""Reference result objects of packages/data, written by highdicom for the same radiograph and findings.

    python3 -m venv venv && venv/bin/pip install highdicom==0.28.2
    UPDATE_GOLDEN=1 NODE=node venv/bin/python tools/golden/result_objects.py

The radiograph and the findings are those of `results/test-result-source.ts`, which Node hands over, with
the UIDs that our objects have. One file a kind of object: every element by its tag, with its values as
text. An item of a report's content is named for its relationship, value type and concept, not for its
place: highdicom puts regions behind the measurements, TID 1410 before. Left out is what differs from run to
run: when an instance was created, and that highdicom did it.
"""

import base64
import io
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pydicom
from highdicom import AlgorithmIdentificationSequence
from highdicom.coding_schemes import CodingSchemeIdentificationItem
from highdicom.pr import (
    AnnotationUnitsValues,
    GraphicAnnotation,
    GraphicLayer,
    GraphicObject,
    GrayscaleSoftcopyPresentationState,
    TextObject,
)
from highdicom.sc import SCImage
from highdicom.seg import SegmentDescription, Segmentation
from highdicom.sr import (
    AlgorithmIdentification,
    CodedConcept,
    Comprehensive3DSR,
    DeviceObserverIdentifyingAttributes,
    FindingSite,
    ImageRegion,
    LanguageOfContentItemAndDescendants,
    Measurement,
    MeasurementReport,
    MeasurementsAndQualitativeEvaluations,
    ObservationContext,
    ObserverContext,
    PlanarROIMeasurementsAndQualitativeEvaluations,
    QualitativeEvaluation,
    SourceImageForMeasurementGroup,
    SourceImageForRegion,
    TrackingIdentifier,
)

ROOT = pathlib.Path(__file__).parents[2]
RESULTS = ROOT / "packages/data/src/dicom/results"

HAND_OVER = """
import { expectedInput } from "%s";
process.stdout.write(JSON.stringify(expectedInput()));
"""


def handed_over():
    script = HAND_OVER % (RESULTS / "test-golden-input.ts").as_uri()
    node = os.environ.get("NODE", "node")
    said = subprocess.run(
        [node, "--input-type=module", "-e", script], check=True, stdout=subprocess.PIPE
    )
    return json.loads(said.stdout)


def code(value, scheme, meaning):
    return CodedConcept(value=value, scheme_designator=scheme, meaning=meaning)


FRACTURE = code("72704001", "SCT", "Fracture")
ANKLE = code("70258002", "SCT", "Ankle joint")
PERCENT = code("%", "UCUM", "Percent")


def weber(value, meaning):
    return QualitativeEvaluation(
        code("danis-weber", "99MALLEOLUS", "Danis-Weber classification"),
        code(value, "99MALLEOLUS", meaning),
    )


def common(given, kind):
    model = given["model"]
    number, what = {
        "segmentation": (9101, "segmentation"),
        "report": (9102, "report"),
        "presentation": (9103, "presentation"),
        "picture": (9104, "picture"),
    }[kind]
    return {
        "series_instance_uid": given["uids"][kind]["series"],
        "series_number": number,
        "sop_instance_uid": given["uids"][kind]["instance"],
        "instance_number": 1 if kind == "report" else 3,
        "manufacturer": "Malleolus",
        "manufacturer_model_name": model["name"],
        "software_versions": [model["version"], *model["settings"]],
        "device_serial_number": model["sha256"],
        "series_description": f"Malleolus {what}: {given['notice']}",
        "series_date": given["date"],
        "series_time": given["time"],
        # Presentation states have none.
        **(
            {}
            if kind == "presentation"
            else {"content_date": given["date"], "content_time": given["time"]}
        ),
    }


def mask(polygons, shape):
    """Even and odd: holes lie within what they are holes of, and all are rectangles."""
    filled = np.zeros(shape, np.uint8)
    for polygon in polygons:
        xs, ys = polygon[0::2], polygon[1::2]
        filled[min(ys) : max(ys), min(xs) : max(xs)] ^= 1
    return filled


def segmentation(given, source):
    model, notice = given["model"], given["notice"]
    algorithm = AlgorithmIdentificationSequence(
        name=model["name"],
        family=code("123110", "DCM", "Artificial Intelligence"),
        version=model["version"],
        source="Malleolus",
    )
    parameters = [f"weights {model['sha256']}", *model["settings"], notice]
    # highdicom writes names and values; ours are sentences.
    algorithm[0].AlgorithmParameters = "; ".join(parameters)
    segments = [
        SegmentDescription(
            segment_number=i + 1,
            segment_label=f"{tracking['identifier']}: {finding['class']}",
            segmented_property_category=code(
                "49755003", "SCT", "Morphologically Abnormal Structure"
            ),
            segmented_property_type=FRACTURE,
            algorithm_type="AUTOMATIC",
            algorithm_identification=algorithm,
            tracking_uid=tracking["uid"],
            tracking_id=tracking["identifier"],
            anatomic_regions=[ANKLE],
        )
        for i, (finding, tracking) in enumerate(zip(given["findings"], given["tracking"]))
    ]
    masks = [mask(f["polygons"], (source.Rows, source.Columns)) for f in given["findings"]]
    return Segmentation(
        source_images=[source],
        pixel_array=np.stack(masks, axis=-1)[None],
        segmentation_type="BINARY",
        segment_descriptions=segments,
        content_label="FRACTURES",
        content_description=notice,
        omit_empty_frames=False,
        **common(given, "segmentation"),
    )


def group_arguments(given, tracking):
    model = given["model"]
    return {
        "tracking_identifier": TrackingIdentifier(tracking["uid"], tracking["identifier"]),
        "algorithm_id": AlgorithmIdentification(
            model["name"],
            model["version"],
            [f"weights {model['sha256']}", *model["settings"], given["notice"]],
        ),
        "finding_sites": [FindingSite(ANKLE)],
    }


def sizes(finding):
    if finding["areaMm2"] is None:
        return []
    method = code(
        "at-detector",
        "99MALLEOLUS",
        "Measured at the detector, divided by its magnification if known",
    )
    area = code("42798000", "SCT", "Area"), code("mm2", "UCUM", "square millimeter")
    length = code("410668003", "SCT", "Length"), code("mm", "UCUM", "millimeter")
    return [
        Measurement(area[0], finding["areaMm2"], area[1], method=method),
        Measurement(length[0], finding["lengthMm"], length[1], method=method),
    ]


def closed(points):
    return np.array([*zip(points[0::2], points[1::2]), tuple(points[:2])], float)


def finding_groups(given, source, finding, tracking):
    certainty = Measurement(
        code("111012", "DCM", "Certainty of Finding"), 100 * finding["score"], PERCENT
    )
    names = {"weber_b": "Weber B", "weber_c": "Weber C"}
    x1, y1, x2, y2 = finding["box"]
    box = {
        "geometric_purpose": code("75958009", "SCT", "Bounded by"),
        "points": [x1, y1, x2, y1, x2, y2, x1, y2],
        "sizes": [],
    }
    # The first outline is the finding's; a second one here is a hole.
    outline = {"geometric_purpose": None, "points": finding["polygons"][0], "sizes": sizes(finding)}
    return [
        PlanarROIMeasurementsAndQualitativeEvaluations(
            **group_arguments(given, tracking),
            finding_type=FRACTURE,
            geometric_purpose=region["geometric_purpose"],
            referenced_region=ImageRegion(
                "POLYLINE",
                closed(region["points"]),
                SourceImageForRegion(source.SOPClassUID, source.SOPInstanceUID),
            ),
            measurements=[*region["sizes"], certainty],
            qualitative_evaluations=[weber(finding["class"], names[finding["class"]])],
        )
        for region in (outline, box)
    ]


def report(given, source):
    model = given["model"]
    observer = ObserverContext(
        code("121007", "DCM", "Device"),
        DeviceObserverIdentifyingAttributes(
            uid=given["modelUid"],
            name=model["name"],
            manufacturer_name="Malleolus",
            model_name=f"{model['name']} {model['version']}",
        ),
    )
    patient = MeasurementsAndQualitativeEvaluations(
        **group_arguments(given, given["patientTracking"]),
        measurements=[
            Measurement(
                code("fracture-prob", "99MALLEOLUS", "Probability of a fracture"),
                100 * given["answer"]["fractureProbability"],
                PERCENT,
            )
        ],
        qualitative_evaluations=[weber("weber_b", "Weber B")],
        source_images=[SourceImageForMeasurementGroup(source.SOPClassUID, source.SOPInstanceUID)],
    )
    groups = [
        group
        for finding, tracking in zip(given["findings"], given["tracking"])
        for group in finding_groups(given, source, finding, tracking)
    ]
    procedure = source.ProcedureCodeSequence[0]
    content = MeasurementReport(
        observation_context=ObservationContext(observer_device_context=observer),
        procedure_reported=code(
            procedure.CodeValue, procedure.CodingSchemeDesignator, procedure.CodeMeaning
        ),
        imaging_measurements=[*groups, patient],
        language_of_content_item_and_descendants=LanguageOfContentItemAndDescendants(
            code("en", "RFC5646", "English")
        ),
        referenced_images=[source],
    )
    return Comprehensive3DSR(
        evidence=[source],
        content=content,
        is_complete=True,
        is_final=False,
        is_verified=False,
        coding_schemes=[
            CodingSchemeIdentificationItem(
                "99MALLEOLUS",
                name="Malleolus: Danis-Weber classes of ankle fractures",
                responsible_organization="Malleolus",
            )
        ],
        **common(given, "report"),
    )


def presentation(given, source):
    layer = GraphicLayer("FINDINGS", 1, given["notice"])
    graphics = []
    for finding in given["findings"]:
        x1, y1, x2, y2 = finding["box"]
        for points in [*finding["polygons"], [x1, y1, x2, y1, x2, y2, x1, y2]]:
            graphics.append(GraphicObject("POLYLINE", closed(points), AnnotationUnitsValues.PIXEL))
    texts = [
        TextObject(
            text["text"],
            AnnotationUnitsValues.PIXEL,
            bounding_box=tuple(text["box"]),
            text_justification="LEFT",
        )
        for text in given["texts"]
    ]
    return GrayscaleSoftcopyPresentationState(
        referenced_images=[source],
        content_label="FRACTURES",
        content_description=given["notice"],
        graphic_layers=[layer],
        graphic_annotations=[
            GraphicAnnotation([source], layer, graphic_objects=graphics, text_objects=texts)
        ],
        **common(given, "presentation"),
    )


def picture(given, source):
    pixels = np.frombuffer(base64.b64decode(given["picture"]["pixels"]), np.uint8)
    shape = given["picture"]["height"], given["picture"]["width"], 3
    return SCImage.from_ref_dataset(
        ref_dataset=source,
        pixel_array=pixels.reshape(shape),
        photometric_interpretation="RGB",
        bits_allocated=8,
        coordinate_system="PATIENT",
        laterality=source.ImageLaterality,
        patient_orientation=tuple(source.PatientOrientation),
        **common(given, "picture"),
    )


def values_of(element):
    if element.VR in ("OB", "OW"):
        return [base64.b64encode(bytes(element.value)).decode()]
    if element.VM == 0:
        return []
    values = list(element.value) if element.VM > 1 else [element.value]
    if element.VR == "AT":
        return [f"{int(v):08x}" for v in values]
    if element.VR in ("DS", "FL", "IS", "SL", "SS", "UL", "US", "FD"):
        return [f"{float(v):g}" for v in values]
    return [str(v) for v in values]


def code_text(item):
    value = item.get("CodeValue", item.get("LongCodeValue"))
    return f"{item.CodingSchemeDesignator} {value}"


def item_names(element):
    """By their place; items of a report's content by what they are."""
    if element.tag != 0x0040A730:
        return [str(i) for i in range(len(element.value))]
    names, seen = [], {}
    for item in element.value:
        concept = item.get("ConceptNameCodeSequence")
        named = code_text(concept[0]) if concept else "-"
        name = f"{item.RelationshipType} {item.ValueType} {named}"
        seen[name] = seen.get(name, 0) + 1
        names.append(f"{name} {seen[name]}")
    return names


def told(dataset):
    """Elements by tag: their values, or what is told of their items."""
    return {
        f"{int(element.tag):08x}": (
            {n: told(item) for n, item in zip(item_names(element), element.value)}
            if element.VR == "SQ"
            else values_of(element)
        )
        for element in dataset
    }


def made(make, given, source):
    """An object without the day's date and random UIDs, as it is read again."""
    dataset = make(given, source)
    for keyword in ("InstanceCreationDate", "InstanceCreationTime", "ContributingEquipmentSequence"):
        if keyword in dataset:
            delattr(dataset, keyword)
    for keyword in ("DateOfSecondaryCapture", "PresentationCreationDate"):
        if keyword in dataset:
            setattr(dataset, keyword, given["date"])
            setattr(dataset, keyword.replace("Date", "Time"), given["time"])
    if "DimensionOrganizationSequence" in dataset:
        for item in (dataset.DimensionOrganizationSequence[0], dataset.DimensionIndexSequence[0]):
            item.DimensionOrganizationUID = given["dimensionsUid"]
    written = io.BytesIO()
    dataset.save_as(written)
    return pydicom.dcmread(io.BytesIO(written.getvalue()))


def main():
    if os.environ.get("UPDATE_GOLDEN") != "1":
        sys.exit("set UPDATE_GOLDEN=1 to write the golden files")
    given = handed_over()
    source = pydicom.dcmread(io.BytesIO(base64.b64decode(given["source"])))
    for kind, make in {
        "segmentation": segmentation,
        "report": report,
        "presentation": presentation,
        "picture": picture,
    }.items():
        read = made(make, given, source)
        lines = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in told(read).items()]
        text = "{\n" + ",\n".join(lines) + "\n}\n"
        (RESULTS / f"golden/{kind}.json").write_text(text)


main()
