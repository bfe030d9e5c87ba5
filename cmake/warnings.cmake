# Link foreshape_warnings PRIVATE from every target of ours: warnings and sanitizers.
add_library(foreshape_warnings INTERFACE)
target_compile_options(foreshape_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast
  $<$<BOOL:${FORESHAPE_WERROR}>:-Werror>)
if(FORESHAPE_SANITIZE)
  target_compile_options(foreshape_warnings INTERFACE
    -fsanitize=${FORESHAPE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(foreshape_warnings INTERFACE -fsanitize=${FORESHAPE_SANITIZE})
endif()
