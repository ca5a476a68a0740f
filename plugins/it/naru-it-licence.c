/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-it-licence.h"

#include <string.h>

/* The ids are those of the SPDX licence list, with the old names that still go about, and KOGL for the Korean
 * open government licence (공공누리). What stands under "into" follows the licences' own texts and what their
 * stewards say of compatibility. clang-format would put each pair of braces on lines of its own. */
/* clang-format off */
#define CREATIVE_COMMONS(stem, class, flags) \
  { stem "-1.0", class, flags }, { stem "-2.0", class, flags }, { stem "-2.5", class, flags }, \
  { stem "-3.0", class, flags }
#define ONLY_AND_LATER(stem, class, only, later) \
  { stem, class, only }, { stem "-only", class, only }, { stem "+", class, later }, { stem "-or-later", class, later }

static const Licence licences[] = {
  /* permissive */
  { "0BSD", LICENCE_PERMISSIVE, INTO_ALL },
  { "AAL", LICENCE_PERMISSIVE, 0 },
  { "AFL-1.2", LICENCE_PERMISSIVE, GRANTS_PATENTS },
  { "AFL-2.0", LICENCE_PERMISSIVE, GRANTS_PATENTS },
  { "AFL-2.1", LICENCE_PERMISSIVE, GRANTS_PATENTS },
  { "AFL-3.0", LICENCE_PERMISSIVE, GRANTS_PATENTS },
  { "ANTLR-PD", LICENCE_PERMISSIVE, INTO_ALL },
  { "Apache-1.0", LICENCE_PERMISSIVE, 0 },
  { "Apache-1.1", LICENCE_PERMISSIVE, 0 },
  { "Apache-2.0", LICENCE_PERMISSIVE, INTO_V3 | GRANTS_PATENTS },
  { "Beerware", LICENCE_PERMISSIVE, INTO_ALL },
  { "Bitstream-Vera", LICENCE_PERMISSIVE, INTO_ALL },
  { "blessing", LICENCE_PERMISSIVE, INTO_ALL },
  { "BlueOak-1.0.0", LICENCE_PERMISSIVE, INTO_V3 | GRANTS_PATENTS },
  { "Boehm-GC", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-1-Clause", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-2-Clause", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-2-Clause-FreeBSD", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-2-Clause-NetBSD", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-2-Clause-Patent", LICENCE_PERMISSIVE, INTO_ALL | GRANTS_PATENTS },
  { "BSD-2-Clause-Views", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-3-Clause", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-3-Clause-Attribution", LICENCE_PERMISSIVE, 0 },
  { "BSD-3-Clause-Clear", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-3-Clause-flex", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-3-Clause-HP", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-3-Clause-LBNL", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-3-Clause-Open-MPI", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-3-Clause-Sun", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSD-4-Clause", LICENCE_PERMISSIVE, 0 },
  { "BSD-4-Clause-Shortened", LICENCE_PERMISSIVE, 0 },
  { "BSD-4-Clause-UC", LICENCE_PERMISSIVE, 0 },
  { "BSD-Source-Code", LICENCE_PERMISSIVE, INTO_ALL },
  { "BSL-1.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "bzip2-1.0.6", LICENCE_PERMISSIVE, INTO_ALL },
  { "C-UDA-1.0", LICENCE_PERMISSIVE, 0 },
  CREATIVE_COMMONS ("CC-BY", LICENCE_PERMISSIVE, 0),
  { "CC-BY-3.0-AT", LICENCE_PERMISSIVE, 0 },
  { "CC-BY-3.0-DE", LICENCE_PERMISSIVE, 0 },
  { "CC-BY-3.0-IGO", LICENCE_PERMISSIVE, 0 },
  { "CC-BY-3.0-NL", LICENCE_PERMISSIVE, 0 },
  { "CC-BY-3.0-US", LICENCE_PERMISSIVE, 0 },
  { "CC-BY-4.0", LICENCE_PERMISSIVE, INTO_V3 },
  { "CC-PDDC", LICENCE_PERMISSIVE, INTO_ALL },
  { "CC0-1.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "CDLA-Permissive-1.0", LICENCE_PERMISSIVE, 0 },
  { "CDLA-Permissive-2.0", LICENCE_PERMISSIVE, 0 },
  { "CECILL-B", LICENCE_PERMISSIVE, 0 },
  { "CERN-OHL-P-2.0", LICENCE_PERMISSIVE, 0 },
  { "CNRI-Python", LICENCE_PERMISSIVE, 0 },
  { "CNRI-Python-GPL-Compatible", LICENCE_PERMISSIVE, INTO_ALL },
  { "curl", LICENCE_PERMISSIVE, INTO_ALL },
  { "DL-DE-BY-2.0", LICENCE_PERMISSIVE, 0 },
  { "DL-DE-ZERO-2.0", LICENCE_PERMISSIVE, 0 },
  { "dtoa", LICENCE_PERMISSIVE, INTO_ALL },
  { "ECL-2.0", LICENCE_PERMISSIVE, INTO_V3 | GRANTS_PATENTS },
  { "EFL-2.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "etalab-2.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "FDK-AAC", LICENCE_PERMISSIVE, 0 },
  { "FSFAP", LICENCE_PERMISSIVE, INTO_ALL },
  { "FSFUL", LICENCE_PERMISSIVE, INTO_ALL },
  { "FSFULLR", LICENCE_PERMISSIVE, INTO_ALL },
  { "FSFULLRWD", LICENCE_PERMISSIVE, INTO_ALL },
  { "FTL", LICENCE_PERMISSIVE, INTO_V3 },
  { "GPL-2.0-with-autoconf-exception", LICENCE_PERMISSIVE, INTO_ALL },
  { "GPL-2.0-with-bison-exception", LICENCE_PERMISSIVE, INTO_ALL },
  { "GPL-2.0-with-font-exception", LICENCE_PERMISSIVE, INTO_ALL },
  { "GPL-2.0-with-GCC-exception", LICENCE_PERMISSIVE, INTO_ALL },
  { "GPL-3.0-with-autoconf-exception", LICENCE_PERMISSIVE, INTO_V3 },
  { "GPL-3.0-with-GCC-exception", LICENCE_PERMISSIVE, INTO_V3 },
  { "HPND", LICENCE_PERMISSIVE, INTO_ALL },
  { "HPND-sell-variant", LICENCE_PERMISSIVE, INTO_ALL },
  { "ICU", LICENCE_PERMISSIVE, INTO_ALL },
  { "IJG", LICENCE_PERMISSIVE, INTO_ALL },
  { "ImageMagick", LICENCE_PERMISSIVE, INTO_V3 | GRANTS_PATENTS },
  { "Info-ZIP", LICENCE_PERMISSIVE, INTO_ALL },
  { "Intel", LICENCE_PERMISSIVE, INTO_ALL },
  { "ISC", LICENCE_PERMISSIVE, INTO_ALL },
  { "JasPer-2.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "KOGL-0", LICENCE_PERMISSIVE, INTO_ALL },
  { "KOGL-1", LICENCE_PERMISSIVE, 0 },
  { "Libpng", LICENCE_PERMISSIVE, INTO_ALL },
  { "libpng-2.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "libselinux-1.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "libtiff", LICENCE_PERMISSIVE, INTO_ALL },
  { "Linux-OpenIB", LICENCE_PERMISSIVE, INTO_ALL },
  { "MirOS", LICENCE_PERMISSIVE, INTO_ALL },
  { "MIT", LICENCE_PERMISSIVE, INTO_ALL },
  { "MIT-0", LICENCE_PERMISSIVE, INTO_ALL },
  { "MIT-advertising", LICENCE_PERMISSIVE, 0 },
  { "MIT-CMU", LICENCE_PERMISSIVE, INTO_ALL },
  { "MIT-enna", LICENCE_PERMISSIVE, INTO_ALL },
  { "MIT-feh", LICENCE_PERMISSIVE, INTO_ALL },
  { "MIT-Modern-Variant", LICENCE_PERMISSIVE, INTO_ALL },
  { "MIT-open-group", LICENCE_PERMISSIVE, INTO_ALL },
  { "mpich2", LICENCE_PERMISSIVE, INTO_ALL },
  { "MS-PL", LICENCE_PERMISSIVE, GRANTS_PATENTS },
  { "MulanPSL-1.0", LICENCE_PERMISSIVE, INTO_V3 | GRANTS_PATENTS },
  { "MulanPSL-2.0", LICENCE_PERMISSIVE, INTO_V3 | GRANTS_PATENTS },
  { "NAIST-2003", LICENCE_PERMISSIVE, INTO_ALL },
  { "NCBI-PD", LICENCE_PERMISSIVE, INTO_ALL },
  { "NCSA", LICENCE_PERMISSIVE, INTO_ALL },
  { "NetCDF", LICENCE_PERMISSIVE, INTO_ALL },
  { "NIST-PD", LICENCE_PERMISSIVE, INTO_ALL },
  { "NLOD-2.0", LICENCE_PERMISSIVE, 0 },
  { "NTP", LICENCE_PERMISSIVE, INTO_ALL },
  { "O-UDA-1.0", LICENCE_PERMISSIVE, 0 },
  { "ODC-By-1.0", LICENCE_PERMISSIVE, 0 },
  { "OFL-1.0", LICENCE_PERMISSIVE, 0 },
  { "OFL-1.1", LICENCE_PERMISSIVE, INTO_ALL },
  { "OFL-1.1-no-RFN", LICENCE_PERMISSIVE, INTO_ALL },
  { "OFL-1.1-RFN", LICENCE_PERMISSIVE, INTO_ALL },
  { "OGC-1.0", LICENCE_PERMISSIVE, 0 },
  { "OGL-Canada-2.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "OGL-UK-2.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "OGL-UK-3.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "OLDAP-2.8", LICENCE_PERMISSIVE, INTO_ALL },
  { "OML", LICENCE_PERMISSIVE, 0 },
  { "OpenSSL", LICENCE_PERMISSIVE, 0 },
  { "OpenSSL-standalone", LICENCE_PERMISSIVE, 0 },
  { "PDDL-1.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "PHP-3.0", LICENCE_PERMISSIVE, 0 },
  { "PHP-3.01", LICENCE_PERMISSIVE, 0 },
  { "PostgreSQL", LICENCE_PERMISSIVE, INTO_ALL },
  { "PSF-2.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "Python-2.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "Python-2.0.1", LICENCE_PERMISSIVE, INTO_ALL },
  { "Qhull", LICENCE_PERMISSIVE, INTO_ALL },
  { "Ruby", LICENCE_PERMISSIVE, INTO_ALL },
  { "SAX-PD", LICENCE_PERMISSIVE, INTO_ALL },
  { "SGI-B-2.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "SHL-0.51", LICENCE_PERMISSIVE, INTO_V3 | GRANTS_PATENTS },
  { "SMLNJ", LICENCE_PERMISSIVE, INTO_ALL },
  { "ssh-keyscan", LICENCE_PERMISSIVE, INTO_ALL },
  { "SSH-OpenSSH", LICENCE_PERMISSIVE, INTO_ALL },
  { "SSH-short", LICENCE_PERMISSIVE, INTO_ALL },
  { "SSLeay-standalone", LICENCE_PERMISSIVE, 0 },
  { "TCL", LICENCE_PERMISSIVE, INTO_ALL },
  { "TCP-wrappers", LICENCE_PERMISSIVE, INTO_ALL },
  { "Ubuntu-font-1.0", LICENCE_PERMISSIVE, 0 },
  { "Unicode-3.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "Unicode-DFS-2015", LICENCE_PERMISSIVE, INTO_ALL },
  { "Unicode-DFS-2016", LICENCE_PERMISSIVE, INTO_ALL },
  { "Unicode-TOU", LICENCE_PERMISSIVE, INTO_ALL },
  { "Unlicense", LICENCE_PERMISSIVE, INTO_ALL },
  { "UPL-1.0", LICENCE_PERMISSIVE, INTO_ALL | GRANTS_PATENTS },
  { "Vim", LICENCE_PERMISSIVE, INTO_ALL },
  { "W3C", LICENCE_PERMISSIVE, INTO_ALL },
  { "W3C-19980720", LICENCE_PERMISSIVE, INTO_ALL },
  { "W3C-20150513", LICENCE_PERMISSIVE, INTO_ALL },
  { "WTFPL", LICENCE_PERMISSIVE, INTO_ALL },
  { "wxWindows", LICENCE_PERMISSIVE, INTO_ALL },
  { "X11", LICENCE_PERMISSIVE, INTO_ALL },
  { "X11-distribute-modifications-variant", LICENCE_PERMISSIVE, INTO_ALL },
  { "XFree86-1.1", LICENCE_PERMISSIVE, INTO_V3 },
  { "Xnet", LICENCE_PERMISSIVE, INTO_ALL },
  { "Zend-2.0", LICENCE_PERMISSIVE, 0 },
  { "Zlib", LICENCE_PERMISSIVE, INTO_ALL },
  { "zlib-acknowledgement", LICENCE_PERMISSIVE, INTO_ALL },
  { "ZPL-2.0", LICENCE_PERMISSIVE, INTO_ALL },
  { "ZPL-2.1", LICENCE_PERMISSIVE, INTO_ALL },

  /* weak copyleft */
  { "APSL-2.0", LICENCE_WEAK, GRANTS_PATENTS },
  { "Artistic-1.0", LICENCE_WEAK, 0 },
  { "Artistic-1.0-Perl", LICENCE_WEAK, 0 },
  { "Artistic-2.0", LICENCE_WEAK, INTO_ALL | GRANTS_PATENTS },
  { "BitTorrent-1.1", LICENCE_WEAK, 0 },
  { "CDDL-1.0", LICENCE_WEAK, GRANTS_PATENTS },
  { "CDDL-1.1", LICENCE_WEAK, GRANTS_PATENTS },
  { "CECILL-C", LICENCE_WEAK, 0 },
  { "CERN-OHL-W-2.0", LICENCE_WEAK, 0 },
  { "CPL-1.0", LICENCE_WEAK, GRANTS_PATENTS },
  { "CUA-OPL-1.0", LICENCE_WEAK, 0 },
  { "eCos-2.0", LICENCE_WEAK, INTO_ALL },
  { "EPL-1.0", LICENCE_WEAK, GRANTS_PATENTS },
  { "EPL-2.0", LICENCE_WEAK, GRANTS_PATENTS },
  { "ErlPL-1.1", LICENCE_WEAK, 0 },
  { "GPL-2.0-with-classpath-exception", LICENCE_WEAK, INTO_ALL },
  { "IPL-1.0", LICENCE_WEAK, GRANTS_PATENTS },
  ONLY_AND_LATER ("LGPL-2.0", LICENCE_WEAK, INTO_ALL, INTO_ALL),
  ONLY_AND_LATER ("LGPL-2.1", LICENCE_WEAK, INTO_ALL, INTO_ALL),
  ONLY_AND_LATER ("LGPL-3.0", LICENCE_WEAK, INTO_V3 | GRANTS_PATENTS, INTO_V3 | GRANTS_PATENTS),
  { "LGPLLR", LICENCE_WEAK, INTO_ALL },
  { "LPPL-1.3a", LICENCE_WEAK, 0 },
  { "LPPL-1.3c", LICENCE_WEAK, 0 },
  { "MPL-1.0", LICENCE_WEAK, GRANTS_PATENTS },
  { "MPL-1.1", LICENCE_WEAK, GRANTS_PATENTS },
  { "MPL-2.0", LICENCE_WEAK, INTO_ALL | GRANTS_PATENTS },
  { "MPL-2.0-no-copyleft-exception", LICENCE_WEAK, GRANTS_PATENTS },
  { "MS-LPL", LICENCE_WEAK, 0 },
  { "MS-RL", LICENCE_WEAK, GRANTS_PATENTS },
  { "NASA-1.3", LICENCE_WEAK, 0 },
  { "Nokia", LICENCE_WEAK, GRANTS_PATENTS },
  { "NPL-1.1", LICENCE_WEAK, 0 },
  { "ODbL-1.0", LICENCE_WEAK, 0 },
  { "SISSL", LICENCE_WEAK, 0 },
  { "SPL-1.0", LICENCE_WEAK, 0 },

  /* strong copyleft */
  CREATIVE_COMMONS ("CC-BY-SA", LICENCE_STRONG, 0),
  { "CC-BY-SA-2.0-UK", LICENCE_STRONG, 0 },
  { "CC-BY-SA-2.1-JP", LICENCE_STRONG, 0 },
  { "CC-BY-SA-3.0-AT", LICENCE_STRONG, 0 },
  { "CC-BY-SA-3.0-DE", LICENCE_STRONG, 0 },
  { "CC-BY-SA-3.0-IGO", LICENCE_STRONG, 0 },
  { "CC-BY-SA-4.0", LICENCE_STRONG, INTO_V3 },
  { "CDLA-Sharing-1.0", LICENCE_STRONG, 0 },
  { "CECILL-1.0", LICENCE_STRONG, INTO_ALL },
  { "CECILL-2.0", LICENCE_STRONG, INTO_ALL | GRANTS_PATENTS },
  { "CECILL-2.1", LICENCE_STRONG, INTO_ALL | GRANTS_PATENTS },
  { "CERN-OHL-1.2", LICENCE_STRONG, 0 },
  { "CERN-OHL-S-2.0", LICENCE_STRONG, 0 },
  { "copyleft-next-0.3.0", LICENCE_STRONG, INTO_ALL },
  { "copyleft-next-0.3.1", LICENCE_STRONG, INTO_ALL | GRANTS_PATENTS },
  { "GFDL-1.1-only", LICENCE_STRONG, 0 },
  { "GFDL-1.1-or-later", LICENCE_STRONG, 0 },
  ONLY_AND_LATER ("GFDL-1.2", LICENCE_STRONG, 0, 0),
  { "GFDL-1.2-no-invariants-or-later", LICENCE_STRONG, 0 },
  ONLY_AND_LATER ("GFDL-1.3", LICENCE_STRONG, 0, 0),
  { "GFDL-1.3-invariants-only", LICENCE_STRONG, 0 },
  { "GFDL-1.3-invariants-or-later", LICENCE_STRONG, 0 },
  { "GFDL-1.3-no-invariants-only", LICENCE_STRONG, 0 },
  { "GFDL-1.3-no-invariants-or-later", LICENCE_STRONG, 0 },
  ONLY_AND_LATER ("GPL-1.0", LICENCE_STRONG, 0, INTO_ALL),
  ONLY_AND_LATER ("GPL-2.0", LICENCE_STRONG, INTO_GPL2, INTO_ALL),
  ONLY_AND_LATER ("GPL-3.0", LICENCE_STRONG, INTO_V3 | GRANTS_PATENTS, INTO_V3 | GRANTS_PATENTS),
  { "QPL-1.0", LICENCE_STRONG, 0 },
  { "RPSL-1.0", LICENCE_STRONG, 0 },
  { "Sleepycat", LICENCE_STRONG, INTO_ALL },
  { "TAPR-OHL-1.0", LICENCE_STRONG, 0 },

  /* network copyleft */
  ONLY_AND_LATER ("AGPL-1.0", LICENCE_NETWORK, 0, INTO_AGPL3),
  ONLY_AND_LATER ("AGPL-3.0", LICENCE_NETWORK, INTO_V3 | GRANTS_PATENTS, INTO_V3 | GRANTS_PATENTS),
  { "CAL-1.0", LICENCE_NETWORK, GRANTS_PATENTS },
  { "CAL-1.0-Combined-Work-Exception", LICENCE_NETWORK, GRANTS_PATENTS },
  { "CPAL-1.0", LICENCE_NETWORK, GRANTS_PATENTS },
  { "EUPL-1.0", LICENCE_NETWORK, GRANTS_PATENTS },
  { "EUPL-1.1", LICENCE_NETWORK, INTO_GPL2 | GRANTS_PATENTS },
  { "EUPL-1.2", LICENCE_NETWORK, INTO_ALL | GRANTS_PATENTS },
  { "OSL-1.0", LICENCE_NETWORK, GRANTS_PATENTS },
  { "OSL-1.1", LICENCE_NETWORK, GRANTS_PATENTS },
  { "OSL-2.0", LICENCE_NETWORK, GRANTS_PATENTS },
  { "OSL-2.1", LICENCE_NETWORK, GRANTS_PATENTS },
  { "OSL-3.0", LICENCE_NETWORK, GRANTS_PATENTS },
  { "Parity-6.0.0", LICENCE_NETWORK, GRANTS_PATENTS },
  { "Parity-7.0.0", LICENCE_NETWORK, GRANTS_PATENTS },
  { "RPL-1.1", LICENCE_NETWORK, GRANTS_PATENTS },
  { "RPL-1.5", LICENCE_NETWORK, GRANTS_PATENTS },
  { "SSPL-1.0", LICENCE_NETWORK, GRANTS_PATENTS },
  { "Watcom-1.0", LICENCE_NETWORK, GRANTS_PATENTS },

  /* unchanged only */
  CREATIVE_COMMONS ("CC-BY-ND", LICENCE_NO_DERIVATIVES, 0),
  { "CC-BY-ND-3.0-DE", LICENCE_NO_DERIVATIVES, 0 },
  { "CC-BY-ND-4.0", LICENCE_NO_DERIVATIVES, 0 },
  { "KOGL-3", LICENCE_NO_DERIVATIVES, 0 },

  /* limited to certain fields or users */
  { "BSD-3-Clause-No-Military-License", LICENCE_FIELD, 0 },
  { "BSD-3-Clause-No-Nuclear-License", LICENCE_FIELD, 0 },
  { "BSD-3-Clause-No-Nuclear-Warranty", LICENCE_FIELD, 0 },
  { "CPOL-1.02", LICENCE_FIELD, 0 },
  { "Elastic-2.0", LICENCE_FIELD, 0 },
  { "Hippocratic-2.1", LICENCE_FIELD, 0 },
  { "JSON", LICENCE_FIELD, 0 },

  /* no commercial use, or none in production */
  { "Aladdin", LICENCE_NONCOMMERCIAL, 0 },
  { "BUSL-1.1", LICENCE_NONCOMMERCIAL, 0 },
  CREATIVE_COMMONS ("CC-BY-NC", LICENCE_NONCOMMERCIAL, 0),
  { "CC-BY-NC-3.0-DE", LICENCE_NONCOMMERCIAL, 0 },
  { "CC-BY-NC-4.0", LICENCE_NONCOMMERCIAL, 0 },
  CREATIVE_COMMONS ("CC-BY-NC-ND", LICENCE_NONCOMMERCIAL, 0),
  { "CC-BY-NC-ND-3.0-DE", LICENCE_NONCOMMERCIAL, 0 },
  { "CC-BY-NC-ND-3.0-IGO", LICENCE_NONCOMMERCIAL, 0 },
  { "CC-BY-NC-ND-4.0", LICENCE_NONCOMMERCIAL, 0 },
  CREATIVE_COMMONS ("CC-BY-NC-SA", LICENCE_NONCOMMERCIAL, 0),
  { "CC-BY-NC-SA-2.0-DE", LICENCE_NONCOMMERCIAL, 0 },
  { "CC-BY-NC-SA-2.0-FR", LICENCE_NONCOMMERCIAL, 0 },
  { "CC-BY-NC-SA-2.0-UK", LICENCE_NONCOMMERCIAL, 0 },
  { "CC-BY-NC-SA-3.0-DE", LICENCE_NONCOMMERCIAL, 0 },
  { "CC-BY-NC-SA-3.0-IGO", LICENCE_NONCOMMERCIAL, 0 },
  { "CC-BY-NC-SA-4.0", LICENCE_NONCOMMERCIAL, 0 },
  { "KOGL-2", LICENCE_NONCOMMERCIAL, 0 },
  { "KOGL-4", LICENCE_NONCOMMERCIAL, 0 },
  { "NCGL-UK-2.0", LICENCE_NONCOMMERCIAL, 0 },
  { "NPOSL-3.0", LICENCE_NONCOMMERCIAL, GRANTS_PATENTS },
  { "PolyForm-Noncommercial-1.0.0", LICENCE_NONCOMMERCIAL, GRANTS_PATENTS },
  { "PolyForm-Small-Business-1.0.0", LICENCE_NONCOMMERCIAL, GRANTS_PATENTS },
};

/* An exception gives leave to join the work with others; the class that is left of a copyleft. Those that only
 * name one more licence to be joined leave all of it. */
static const struct
{
  const char *id;
  LicenceClass left;
} exceptions[] = {
  { "389-exception", LICENCE_WEAK },
  { "Autoconf-exception-2.0", LICENCE_PERMISSIVE },
  { "Autoconf-exception-3.0", LICENCE_PERMISSIVE },
  { "Autoconf-exception-generic", LICENCE_PERMISSIVE },
  { "Autoconf-exception-generic-3.0", LICENCE_PERMISSIVE },
  { "Autoconf-exception-macro", LICENCE_PERMISSIVE },
  { "Bison-exception-1.24", LICENCE_PERMISSIVE },
  { "Bison-exception-2.2", LICENCE_PERMISSIVE },
  { "Bootloader-exception", LICENCE_PERMISSIVE },
  { "Classpath-exception-2.0", LICENCE_WEAK },
  { "CLISP-exception-2.0", LICENCE_WEAK },
  { "cryptsetup-OpenSSL-exception", LICENCE_STRONG },
  { "DigiRule-FOSS-exception", LICENCE_STRONG },
  { "eCos-exception-2.0", LICENCE_WEAK },
  { "erlang-otp-linking-exception", LICENCE_WEAK },
  { "Fawkes-Runtime-exception", LICENCE_WEAK },
  { "FLTK-exception", LICENCE_PERMISSIVE },
  { "fmt-exception", LICENCE_PERMISSIVE },
  { "Font-exception-2.0", LICENCE_PERMISSIVE },
  { "freertos-exception-2.0", LICENCE_WEAK },
  { "GCC-exception-2.0", LICENCE_PERMISSIVE },
  { "GCC-exception-2.0-note", LICENCE_PERMISSIVE },
  { "GCC-exception-3.1", LICENCE_PERMISSIVE },
  { "GNAT-exception", LICENCE_PERMISSIVE },
  { "GNU-compiler-exception", LICENCE_PERMISSIVE },
  { "gnu-javamail-exception", LICENCE_WEAK },
  { "GPL-3.0-interface-exception", LICENCE_WEAK },
  { "GPL-3.0-linking-exception", LICENCE_WEAK },
  { "GPL-CC-1.0", LICENCE_STRONG },
  { "GStreamer-exception-2005", LICENCE_STRONG },
  { "GStreamer-exception-2008", LICENCE_STRONG },
  { "i2p-gpl-java-exception", LICENCE_WEAK },
  { "KiCad-libraries-exception", LICENCE_PERMISSIVE },
  { "LGPL-3.0-linking-exception", LICENCE_PERMISSIVE },
  { "Libtool-exception", LICENCE_PERMISSIVE },
  { "Linux-syscall-note", LICENCE_PERMISSIVE },
  { "LLGPL", LICENCE_PERMISSIVE },
  { "LLVM-exception", LICENCE_PERMISSIVE },
  { "LZMA-exception", LICENCE_WEAK },
  { "mif-exception", LICENCE_PERMISSIVE },
  { "Nokia-Qt-exception-1.1", LICENCE_WEAK },
  { "OCaml-LGPL-linking-exception", LICENCE_PERMISSIVE },
  { "OCCT-exception-1.0", LICENCE_WEAK },
  { "OpenJDK-assembly-exception-1.0", LICENCE_WEAK },
  { "openvpn-openssl-exception", LICENCE_STRONG },
  { "PCRE2-exception", LICENCE_PERMISSIVE },
  { "PS-or-PDF-font-exception-20170817", LICENCE_PERMISSIVE },
  { "Qt-GPL-exception-1.0", LICENCE_STRONG },
  { "Qt-LGPL-exception-1.1", LICENCE_WEAK },
  { "Qwt-exception-1.0", LICENCE_PERMISSIVE },
  { "RRDtool-FLOSS-exception-2.0", LICENCE_STRONG },
  { "SANE-exception", LICENCE_WEAK },
  { "SHL-2.0", LICENCE_PERMISSIVE },
  { "SHL-2.1", LICENCE_PERMISSIVE },
  { "stunnel-exception", LICENCE_STRONG },
  { "SWI-exception", LICENCE_WEAK },
  { "Swift-exception", LICENCE_PERMISSIVE },
  { "Texinfo-exception", LICENCE_PERMISSIVE },
  { "u-boot-exception-2.0", LICENCE_WEAK },
  { "Universal-FOSS-exception-1.0", LICENCE_STRONG },
  { "vsftpd-openssl-exception", LICENCE_STRONG },
  { "WxWindows-exception-3.1", LICENCE_PERMISSIVE },
  { "x11vnc-openssl-exception", LICENCE_STRONG },
};
/* clang-format on */

/* Licences of models, which the SPDX list does not have; each forbids some uses. */
static const char *const model_families[] = { "llama", "gemma", "openrail", "-rail-" };

static gboolean
is_word (const char *word, gsize length, const char *id)
{
  /* most differ in their first letter */
  return length > 0 && g_ascii_tolower (*word) == g_ascii_tolower (*id) && strlen (id) == length &&
         g_ascii_strncasecmp (word, id, length) == 0;
}

static gboolean
find_in_list (const char *word, gsize length, Licence *licence)
{
  for (guint i = 0; i < G_N_ELEMENTS (licences); i++)
    if (is_word (word, length, licences[i].id))
      {
        *licence = licences[i];
        return TRUE;
      }
  return FALSE;
}

gboolean
naru_it_licence_find (const char *word, gsize length, Licence *licence)
{
  if (find_in_list (word, length, licence))
    return TRUE;
  /* "or any later version" of a licence that has no row of its own for it */
  if (length > 1 && word[length - 1] == '+' && g_ascii_isdigit (word[length - 2]) &&
      find_in_list (word, length - 1, licence))
    return TRUE;

  g_autofree char *name = g_ascii_strdown (word, (gssize) length);
  for (guint i = 0; i < G_N_ELEMENTS (model_families); i++)
    if (strstr (name, model_families[i]) != NULL)
      {
        *licence = (Licence){ .id = model_families[i], .class = LICENCE_FIELD };
        return TRUE;
      }
  return FALSE;
}

/* Takes from @licence what @exception gives leave for; FALSE when nobody knows the exception. */
gboolean
naru_it_licence_relax (Licence *licence, const char *exception, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (exceptions); i++)
    if (is_word (exception, length, exceptions[i].id))
      {
        gboolean copyleft = licence->class == LICENCE_WEAK || licence->class == LICENCE_STRONG ||
                            licence->class == LICENCE_NETWORK;
        if (copyleft && exceptions[i].left < licence->class)
          licence->class = exceptions[i].left;
        if (exceptions[i].left < LICENCE_STRONG)
          licence->flags |= INTO_ALL;
        return TRUE;
      }
  return FALSE;
}
