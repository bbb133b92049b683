// swift-tools-version: 6.2
import PackageDescription

// 6.2 is the first toolchain with strict memory safety (SE-0458) and per-group warning control (SE-0480).

let staticRelease: BuildSettingCondition = .when(platforms: [.linux], configuration: .release)

/// What every Swift target of ours is compiled with.
let house: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatWarning("StrictMemorySafety", as: .error),
  // Each function by itself, so that the linker can put those of a launch side by side; see Scripts/order-symbols.
  .unsafeFlags(["-Xfrontend", "-function-sections"], staticRelease),
  // Types of lists are made by calls, and not from their names, which the runtime would have to read.
  .unsafeFlags(["-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors"], staticRelease),
  // What functions with the same code are merged into has no name, and so no place in that order.
  .unsafeFlags(["-Xfrontend", "-disable-llvm-merge-functions-pass"], staticRelease),
]

/// What Scripts/build says it builds; see Sources/CBuildStamp.
let revision = Context.environment["URING_JAIL_REVISION"].map {
  CSetting.define("URING_JAIL_REVISION", to: "\"\($0)\"")
}

let package = Package(
  name: "uring-jail",
  products: [
    .executable(name: "uring-jail", targets: ["uring-jail"])
  ],
  targets: [
    // C boundary
    .target(name: "CLinuxShims"),
    // Only a program that is linked with the static libraries can do without parts of them.
    .target(name: "CStartUp", cSettings: [.define("URING_JAIL_STATIC", staticRelease)]),
    .target(name: "CBuildStamp", cSettings: revision.map { [$0] } ?? []),
    .systemLibrary(name: "CLibCap", providers: [.apt(["libcap-dev"])]),

    // Text
    .target(name: "Diagnostics", swiftSettings: house),
    .target(name: "TOMLSyntax", dependencies: ["Diagnostics"], swiftSettings: house),

    // Knowledge and compilation, free of system calls
    .target(name: "URingABI", dependencies: ["CLinuxShims"], swiftSettings: house),
    .target(name: "BPF", swiftSettings: house),
    .target(name: "Policy", dependencies: ["Diagnostics", "URingABI"], swiftSettings: house),
    .target(
      name: "PolicyLanguage", dependencies: ["Policy", "Diagnostics", "TOMLSyntax", "URingABI"], swiftSettings: house),
    .target(
      name: "FilterCompiler", dependencies: ["PolicyLanguage", "Policy", "URingABI", "BPF", "Diagnostics"],
      swiftSettings: house),

    // What programs say about every input, from the programs alone; and whether that is what policies say
    .target(name: "FilterAnalysis", dependencies: ["BPF", "URingABI"], swiftSettings: house),
    .target(
      name: "PolicyProof",
      dependencies: ["FilterAnalysis", "FilterCompiler", "PolicyLanguage", "Policy", "URingABI", "BPF", "Diagnostics"],
      swiftSettings: house),

    // What policies mean, for people
    .target(
      name: "PolicyAdvice", dependencies: ["PolicyLanguage", "Policy", "URingABI", "Diagnostics"], swiftSettings: house),

    // The running kernel
    .target(
      name: "Kernel", dependencies: ["CLinuxShims", "CLibCap", "BPF", "URingABI"],
      swiftSettings: house),
    .target(
      name: "Jail", dependencies: ["Policy", "FilterCompiler", "Kernel", "BPF", "URingABI", "Diagnostics"],
      swiftSettings: house),

    .target(
      name: "Discovery",
      dependencies: ["Jail", "Kernel", "PolicyAdvice", "PolicyLanguage", "Policy", "BPF", "URingABI", "Diagnostics"],
      swiftSettings: house),

    // The program
    .target(
      name: "URingJailCLI",
      dependencies: [
        "Diagnostics", "TOMLSyntax", "URingABI", "BPF", "Policy", "FilterCompiler", "FilterAnalysis", "PolicyProof",
        "PolicyLanguage", "PolicyAdvice", "Kernel", "Jail", "Discovery",
      ], swiftSettings: house),
    .executableTarget(
      name: "uring-jail", dependencies: ["URingJailCLI", "CStartUp", "CBuildStamp"],
      // The entry point is a C function, not `@main`: the argument vector reaches execve(2) untouched, and
      // nothing has to be read back from /proc.
      swiftSettings: house + [
        .unsafeFlags(["-parse-as-library"]), .unsafeFlags(["-static-executable"], staticRelease),
      ],
      linkerSettings: [
        // --static-swift-stdlib on the command line completes this; see docs/design/0002-one-static-binary.md.
        .unsafeFlags(
          [
            "-static-executable", "-use-ld=lld", "-Xlinker", "--gc-sections", "-Xlinker", "-s",
            "-Xlinker", "--symbol-ordering-file=\(Context.packageDirectory)/Scripts/order-symbols.txt",
            "-Xlinker", "--no-warn-symbol-ordering",
            // See Sources/CStartUp/capabilities.c.
            "-Xlinker", "--defsym=_libcap_initialize=uj_no_capability_count",
            // Called in their place is what Sources/CStartUp/frames.c has.
            "-Xlinker", "--wrap=__register_frame_info", "-Xlinker", "--wrap=__deregister_frame_info",
          ], staticRelease)
      ]),

    // Tools, which are no part of the product. This one drives io_uring by hand for the tests and the demo.
    .systemLibrary(name: "CLibURing", path: "Tools/CLibURing", providers: [.apt(["liburing-dev"])]),
    .executableTarget(
      name: "uring-client", dependencies: ["CLibURing", "CLinuxShims", "PolicyLanguage", "Policy", "URingABI"],
      path: "Tools/uring-client", swiftSettings: house,
      // The static library: Debian's liburing.so 2.3 lacks symbols that its header declares.
      linkerSettings: [.linkedLibrary(":liburing.a")]),

    // Tries to get out of a jail, by every trick that is known. C, because the tricks are about what a program does to
    // the kernel, byte by byte.
    .executableTarget(
      name: "uring-escapes", path: "Tools/uring-escapes", linkerSettings: [.linkedLibrary("pthread")]),

    // Makes requests and shows what came to be, for tests that compare it with policies.
    .executableTarget(
      name: "uring-effects", path: "Tools/uring-effects", linkerSettings: [.linkedLibrary(":liburing.a")]),

    // Makes as many requests as it can, for measurements and for tests of what is lost.
    .executableTarget(name: "uring-load", path: "Tools/uring-load", linkerSettings: [.linkedLibrary(":liburing.a")]),

    // Makes single system calls for the tests that try to get around a filter.
    .executableTarget(name: "syscall-client", path: "Tools/syscall-client"),

    // A seccomp filter that answers calls in the kernel's place, in front of a launcher.
    .executableTarget(name: "seccomp-liar", path: "Tools/seccomp-liar"),

    // Prints what the tables of the kernel's interface say, to be compared with its headers.
    .executableTarget(
      name: "abi-tables", dependencies: ["URingABI"], path: "Tools/abi-tables", swiftSettings: house),

    // Lets the public TOML test suite judge the parser.
    .executableTarget(
      name: "toml-test-decoder", dependencies: ["TOMLSyntax", "Diagnostics"], path: "Tools/toml-test-decoder",
      swiftSettings: house),

    // Measures how long policies take to read.
    .executableTarget(
      name: "policy-bench", dependencies: ["PolicyAdvice", "PolicyLanguage", "Policy", "TOMLSyntax", "Diagnostics"],
      path: "Tools/policy-bench",
      swiftSettings: house),

    // What several test targets share: marked texts, and a kernel in memory.
    .target(
      name: "TestSupport",
      dependencies: ["Diagnostics", "Kernel", "BPF", "URingABI", "Policy", "PolicyLanguage", "PolicyAdvice"],
      path: "Tests/TestSupport",
      swiftSettings: house),

    // Socket filters, for the tests that ask the running kernel.
    .target(name: "CTestSockets", path: "Tests/CTestSockets"),

    // Tests: any machine
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"], swiftSettings: house),
    .testTarget(
      name: "TOMLSyntaxTests", dependencies: ["TOMLSyntax", "Diagnostics", "TestSupport"], swiftSettings: house),
    .testTarget(name: "URingABITests", dependencies: ["URingABI"], swiftSettings: house),
    .testTarget(name: "BPFTests", dependencies: ["BPF", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "BPFKernelTests",
      dependencies: ["BPF", "FilterCompiler", "PolicyLanguage", "Policy", "URingABI", "TestSupport", "CTestSockets"],
      swiftSettings: house
    ),
    .testTarget(
      name: "PolicyTests",
      dependencies: [
        "Policy", "PolicyLanguage", "PolicyAdvice", "TOMLSyntax", "Diagnostics", "URingABI", "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "FilterCompilerTests",
      dependencies: ["FilterCompiler", "PolicyLanguage", "Policy", "BPF", "URingABI", "Diagnostics", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "FilterAnalysisTests", dependencies: ["FilterAnalysis", "BPF", "URingABI", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "PolicyAdviceTests",
      dependencies: ["PolicyAdvice", "PolicyLanguage", "Policy", "Diagnostics", "URingABI", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "PolicyProofTests",
      dependencies: [
        "PolicyProof", "FilterAnalysis", "FilterCompiler", "PolicyLanguage", "Policy", "BPF", "URingABI", "Diagnostics",
        "TestSupport",
      ], swiftSettings: house),
    .testTarget(
      name: "KernelTests", dependencies: ["Kernel", "URingABI", "BPF", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "JailTests",
      dependencies: [
        "Jail", "Kernel", "FilterCompiler", "PolicyLanguage", "Policy", "BPF", "URingABI", "Diagnostics", "CLibCap",
        "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "DiscoveryTests",
      dependencies: [
        "Discovery", "Kernel", "PolicyAdvice", "PolicyLanguage", "Policy", "Diagnostics", "URingABI", "TestSupport",
      ], swiftSettings: house),
    .testTarget(
      name: "URingJailCLITests",
      dependencies: [
        "URingJailCLI", "Kernel", "PolicyAdvice", "PolicyLanguage", "Policy", "FilterCompiler", "BPF", "URingABI",
        "Diagnostics", "TestSupport",
      ], swiftSettings: house),

    // Tests: a kernel with filters, which Scripts/lab provides
    .testTarget(
      name: "LabTests",
      dependencies: [
        "BPF", "Kernel", "PolicyLanguage", "Policy", "TOMLSyntax", "Diagnostics", "URingABI", "TestSupport",
      ],
      swiftSettings: house),
  ],
  swiftLanguageModes: [.v6]
)

// Not part of a normal build: needs libFuzzer, and a build folder of its own. See Scripts/fuzz.
if Context.environment["URING_JAIL_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "policy-fuzzer",
      dependencies: ["PolicyAdvice", "PolicyLanguage", "Policy", "TOMLSyntax", "Diagnostics", "URingABI"],
      path: "Tools/policy-fuzzer", swiftSettings: house + [.unsafeFlags(["-parse-as-library"])],
      // lld counts the counters of reached code, which nothing but their section's bounds refers to, as dead.
      linkerSettings: [.unsafeFlags(["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "nostart-stop-gc"])]))
}

// Not part of a normal build: compares with libseccomp, which nothing else of ours may need. See bench/filters.
if Context.environment["URING_JAIL_BENCH"] != nil {
  package.targets += [
    .systemLibrary(name: "CLibSeccomp", path: "Tools/CLibSeccomp", providers: [.apt(["libseccomp-dev"])]),
    .executableTarget(
      name: "filter-bench",
      dependencies: [
        "CLibSeccomp", "FilterCompiler", "PolicyLanguage", "Policy", "TOMLSyntax", "BPF", "URingABI", "Diagnostics",
        "TestSupport",
      ], path: "Tools/filter-bench", swiftSettings: house),
  ]
}
