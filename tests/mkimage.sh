#!/bin/sh
# An image made from text, the same bytes every time.
#
#	tests/mkimage.sh CASE FORM COMPRESSION OUT
#
# CASE         a folder with a Layerfile and the trees it names
# FORM         rootfs        one tar of what the layers make together (only layers without whiteouts)
#              rootfs-dir    the same as a folder
#              oci           an OCI layout, folder
#              oci-tar       the same in a tar
#              docker        docker-save of Docker 25 and later: blobs/sha256/
#              docker-old    docker-save before that: <id>/layer.tar
# COMPRESSION  none, gzip or zstd: of the layers (docker forms: none only; rootfs: of the tar)
#
# Layerfile, a statement a line, # begins a comment line:
#
#	platform OS/ARCH[/VARIANT]   default linux/amd64
#	name NAME                    what docker-save calls it, default example.com/CASE:latest
#	layer [COMMAND]              begins a layer; COMMAND is the build step that made it
#	tree FOLDER                  all of CASE/FOLDER
#	dir PATH                     an empty folder
#	file PATH TEXT               a file of one line
#	symlink PATH TARGET
#	hardlink PATH TARGET         to an entry of the same layer
#	whiteout PATH                the lower layers' PATH is gone
#	opaque PATH                  and so is all that lower layers have in the folder PATH
#
exec python3 "$(dirname "$0")/mkimage.py" "$@"
