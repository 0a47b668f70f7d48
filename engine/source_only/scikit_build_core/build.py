"""Stands in for the build back end of the Python source package that carries llama.cpp.

pip reads a package's metadata before it keeps the download, and would fetch and run the real back end for that. Only the
source is wanted, so engine/build puts this one first on PYTHONPATH: it says the name and version that pip has asked for.
"""
import os
import pathlib


def get_requires_for_build_wheel(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    name, version = os.environ["HEARTH_PIP_PACKAGE"], os.environ["HEARTH_PIP_VERSION"]
    folder = f"{name.replace('-', '_')}-{version}.dist-info"
    place = pathlib.Path(metadata_directory, folder)
    place.mkdir()
    place.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return folder


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    raise NotImplementedError("only the source of this package is used")
