# shellcheck shell=bash disable=SC2034 # read by engine/build
# What engine/build gets and from where. Both sources are llama.cpp 0.5.0; either makes a working engine.

engine_id=llama.cpp-0.5.0

# An npm package that carries the source as a git bundle. Used when there is an npm.
npm_package=node-llama-cpp
npm_version=3.22.1
npm_sha512=6e5b488a9b9699cd76dc7eed30880318a4ac4ab866865418795502e3c5d38d55bb5c624988927209d95333343f2e25a83e4183a5c2f816f883a60c3ba9f4e20f
npm_bundle=package/llama/gitRelease.bundle
npm_commit=de3ff815ea7d559ee917f063901b8986f038abc6

# A Python source package with the source inside. Used otherwise: a fresh Debian has pip but no npm.
pip_package=llama-cpp-python
pip_version=0.3.36
pip_sha256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
pip_folder=llama_cpp_python-0.3.36/vendor/llama.cpp
