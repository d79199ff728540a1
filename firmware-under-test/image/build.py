#!/usr/bin/env python3
"""Puts a firmware image together: a kernel, its modules, and the device as init.

Usage: build.py KERNEL-TREE DEVICE OUTPUT, where KERNEL-TREE is what `dpkg -x` made of the kernel's
packages, DEVICE the device's static executable and OUTPUT a folder.

The same inputs give the same bytes: no time, no name of a user, no order of a folder gets in.
"""

import gzip
import hashlib
import json
import lzma
import pathlib
import re
import struct
import subprocess
import sys

# What the board needs beyond what every kernel has built in: its network interface, its flash, a
# watchdog, and the files that the bench hands it, such as its certificate.
DRIVERS = ["virtio_pci", "virtio_net", "virtio_blk", "softdog", "qemu_fw_cfg"]


def main():
    tree, device, output = map(pathlib.Path, sys.argv[1:])
    output.mkdir(parents=True, exist_ok=True)
    release, bzimage = kernel_of(tree)
    files = {
        "vmlinux": vmlinux(bzimage.read_bytes()),
        "initramfs.gz": gzip.compress(initramfs(device, tree, release), 9, mtime=0),
    }
    hashes = {}
    for name, content in files.items():
        (output / name).write_bytes(content)
        hashes[name] = hashlib.sha256(content).hexdigest()
    whole = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
    image = hashlib.sha256(whole.encode()).hexdigest()
    packages = (tree / "packages").read_text().split()
    manifest = {"sha256": image, "files": hashes, "kernel": release, "packages": packages}
    (output / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(f"{output}: {release}, sha256 {image}")


def kernel_of(tree):
    """The release of the one kernel in the tree, and its compressed image."""
    images = sorted(tree.glob("boot/vmlinuz-*"))
    if len(images) != 1:
        sys.exit(f"cannot find the kernel: {len(images)} files are called boot/vmlinuz-* in {tree}")
    return images[0].name.removeprefix("vmlinuz-"), images[0]


def vmlinux(bzimage):
    """The ELF file inside a bzImage, which QEMU enters directly (Linux x86 boot protocol 2.08)."""
    setup_sectors = bzimage[0x1F1] or 4
    payload_offset, payload_length = struct.unpack_from("<II", bzimage, 0x248)
    start = (setup_sectors + 1) * 512 + payload_offset
    packed = bzimage[start : start + payload_length]
    if packed.startswith(b"\x1f\x8b"):
        elf = gzip.decompress(packed[:-4])
    elif packed.startswith(b"\xfd7zXZ"):
        elf = lzma.LZMADecompressor().decompress(packed)
    elif packed.startswith(b"\x02\x21\x4c\x18"):
        elf = through("lz4", packed[:-4])
    elif packed.startswith(b"\x28\xb5\x2f\xfd"):
        elf = through("zstd", packed[:-4])
    else:
        sys.exit(f"cannot unpack the kernel: nothing known begins with {packed[:4].hex()}")
    if not elf.startswith(b"\x7fELF"):
        sys.exit("cannot unpack the kernel: what is inside is not an ELF file")
    return elf


def through(program, packed):
    """What `program` unpacks `packed` to."""
    try:
        done = subprocess.run([program, "-dcq"], input=packed, stdout=subprocess.PIPE, check=False)
    except FileNotFoundError:
        sys.exit(f"cannot unpack the kernel: it needs `{program}`; apt-get install {program}")
    if done.returncode:
        sys.exit(f"cannot unpack the kernel: {program} ended with {done.returncode}")
    return done.stdout


def initramfs(device, tree, release):
    """A cpio archive with the device as init, the modules, and what the kernel wants to see."""
    entries = [directory(name) for name in ("dev", "lib", "lib/modules", "proc", "sys")]
    entries.append(character_device("dev/console", 5, 1))
    entries.append(regular("init", 0o755, device.read_bytes()))
    modules = list(load_order(tree, release))
    for name, content in modules:
        entries.append(regular(f"lib/modules/{name}.ko", 0o644, content))
    order = "".join(f"{name}\n" for name, _ in modules)
    entries.append(regular("lib/modules/order", 0o644, order.encode()))
    entries.append(entry("TRAILER!!!", 0, b"", (0, 0)))
    return b"".join(with_inode(number, one) for number, one in enumerate(entries, 1))


def load_order(tree, release):
    """The drivers and all that they depend on, each after what it depends on."""
    folders = [tree / "lib/modules" / release, tree / "usr/lib/modules" / release]
    found = {}
    for path in sorted(path for folder in folders for path in folder.rglob("*.ko*")):
        found[path.name.split(".")[0].replace("-", "_")] = path
    built_in = set()
    for folder in folders:
        listing = folder / "modules.builtin"
        if listing.exists():
            built_in |= {pathlib.Path(line).stem.replace("-", "_") for line in listing.open()}
    seen = set()

    def visit(name):
        if name in seen or name in built_in:
            return
        seen.add(name)
        if name not in found:
            sys.exit(f"cannot find the driver {name}: kernel {release} has it neither built in nor as a file")
        content = module(found[name])
        depends = re.search(rb"\0depends=([^\0]*)\0", content)
        for other in depends.group(1).decode().split(",") if depends else []:
            if other:
                yield from visit(other.replace("-", "_"))
        yield name, content

    for driver in DRIVERS:
        yield from visit(driver)


def module(path):
    """A module, unpacked."""
    content = path.read_bytes()
    if path.suffix == ".xz":
        return lzma.decompress(content)
    if path.suffix == ".gz":
        return gzip.decompress(content)
    if path.suffix == ".zst":
        return through("zstd", content)
    return content


# Entries of a cpio archive in the "newc" format: (name, mode, content, (major, minor)).


def entry(name, mode, content, device):
    return name, mode, content, device


def directory(name):
    return entry(name, 0o040755, b"", (0, 0))


def regular(name, permissions, content):
    return entry(name, 0o100000 | permissions, content, (0, 0))


def character_device(name, major, minor):
    return entry(name, 0o020600, b"", (major, minor))


def with_inode(number, one):
    """The bytes of an entry: everything belongs to root and dates from 1970."""
    name, mode, content, (major, minor) = one
    links = 2 if mode & 0o040000 else 1
    path = name.encode() + b"\0"
    fields = [number, mode, 0, 0, links, 0, len(content), 0, 0, major, minor, len(path), 0]
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    return padded(header + path) + padded(content)


def padded(content):
    return content + bytes(-len(content) % 4)


if __name__ == "__main__":
    main()
