# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages of the release that they are built on: contrib/package makes them.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME foreshape)
set(CPACK_PACKAGE_CONTACT "the Foreshape maintainers")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL slurm tools trainer)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
foreach(component SLURM TOOLS TRAINER)
  set(CPACK_DEBIAN_${component}_DEBUGINFO_PACKAGE ON)  # <package>-dbgsym; the package itself is stripped
endforeach()
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
file(STRINGS /etc/os-release os REGEX "^VERSION_ID=")
string(REGEX REPLACE "[^0-9.]" "" os "${os}")
set(CPACK_DEBIAN_PACKAGE_RELEASE "1~deb${os}")  # the same version for two releases of Debian

# The Runtime works in the Slurm that it was built for, whichever build of it. (After an upgrade without it
# slurmctld starts all the same: slurm-plugin/running_slurm.h.)
file(STRINGS ${SLURM_INCLUDE_DIR}/slurm/slurm_version.h number REGEX "define SLURM_VERSION_NUMBER ")
string(REGEX MATCH "0x([0-9a-f]+)" number "${number}")
math(EXPR major "(${number} >> 16) & 255")
math(EXPR minor "(${number} >> 8) & 255")
math(EXPR micro "${number} & 255")
math(EXPR next "${micro} + 1")
if(minor LESS 10)
  set(minor "0${minor}")
endif()
set(CPACK_DEBIAN_SLURM_PACKAGE_NAME foreshape-slurm)
set(CPACK_DEBIAN_SLURM_PACKAGE_DEPENDS
  "slurmctld (>= ${major}.${minor}.${micro}), slurmctld (<< ${major}.${minor}.${next}~)")
set(CPACK_DEBIAN_SLURM_PACKAGE_RECOMMENDS foreshape)
set(CPACK_COMPONENT_SLURM_DESCRIPTION "The plugins for slurmctld. They predict from what each user's past jobs really used: run time, memory, CPU use, I/O,
and when the next job comes. By default they only observe; slurm.conf.example has the lines that enable them.")
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME foreshape)
set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS "slurm-client, foreshape-trainer, postgresql-client")
set(CPACK_DEBIAN_TOOLS_PACKAGE_SUGGESTS "postgresql, foreshape-slurm")
set(CPACK_COMPONENT_TOOLS_DESCRIPTION "The programs: foreshape keeps the store, writes profiles, and replays a site's history under other policies; sshape
shows what jobs requested, what was predicted, and what they used.")
set(CPACK_DEBIAN_TRAINER_PACKAGE_NAME foreshape-trainer)
set(CPACK_DEBIAN_TRAINER_PACKAGE_RECOMMENDS foreshape)
set(CPACK_COMPONENT_TRAINER_DESCRIPTION "The MPI-parallel trainer of the network that predicts the shape of jobs, from a data set that foreshape exports.")

foreach(component slurm trainer)
  install(FILES LICENSE DESTINATION share/doc/foreshape-${component} RENAME copyright COMPONENT ${component})
endforeach()
install(FILES LICENSE DESTINATION share/doc/foreshape RENAME copyright COMPONENT tools)
set(control ${CMAKE_SOURCE_DIR}/contrib/packaging)
set(CPACK_DEBIAN_SLURM_PACKAGE_CONTROL_EXTRA
  "${control}/slurm/postinst;${control}/slurm/prerm;${control}/slurm/postrm")
set(CPACK_DEBIAN_TOOLS_PACKAGE_CONTROL_EXTRA
  "${control}/tools/postinst;${control}/tools/prerm;${control}/tools/postrm;${control}/tools/conffiles")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
install(FILES contrib/packaging/foreshape.default DESTINATION /etc/default RENAME foreshape COMPONENT tools)
include(CPack)
