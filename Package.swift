// swift-tools-version: 6.1
import PackageDescription

// Where libFuzzer's library is, while ops/fuzz builds, in a folder of its own; the rooms are made to tell it what they executed.
let fuzzerLibrary = Context.environment["SKEIN_FUZZER_LIBRARY"]
let fuzzing: [SwiftSetting] = fuzzerLibrary == nil ? [] : [.unsafeFlags(["-sanitize=fuzzer"])]

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
] + fuzzing

// Tests are not optimised: they build in half the time, and the 6.3.1 compiler does not survive splitting one of their coroutines under -O.
let testing = strict + [.unsafeFlags(["-Onone"])]

let nio = "swift-nio"
let nioCore: Target.Dependency = .product(name: "NIOCore", package: nio)
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: nio)
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: nio)
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: nio)
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let collections: Target.Dependency = .product(name: "OrderedCollections", package: "swift-collections")

/// The fuzzers' program (ops/fuzz): no part of any other build.
let fuzzers: [Target] = fuzzerLibrary.map { library in
    [.executableTarget(
        name: "fuzz", dependencies: ["DICOM", "DICOMNetwork", "Migration", "Orders", "PixelCodec", nioCore, nioEmbedded], path: "ops/fuzz/Targets",
        swiftSettings: strict,
        linkerSettings: [.unsafeFlags([library]), .linkedLibrary("stdc++")])]
} ?? []

/// A room: a library target in Sources/NAME, with the rooms and packages it may know.
func room(_ name: String, knows dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: strict)
}

/// The tests of a room, in Tests/NAMETests.
func tests(of name: String, knows dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
        path: "Tests/\(name)Tests", exclude: exclude, swiftSettings: testing)
}

let package = Package(
    name: "skein",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "coordinator", targets: ["coordinator"]),
        .executable(name: "worker", targets: ["worker"]),
        .executable(name: "simulator", targets: ["simulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        // Without its trait for Foundation.
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

        .target(
            name: "CGDCM", path: "Sources/CGDCM",
            linkerSettings: [.linkedLibrary("gdcmMSFF"), .linkedLibrary("gdcmDSED"), .linkedLibrary("gdcmCommon")]),

        room("DICOM", knows: ["CZlib", crypto]),
        room("PixelCodec", knows: ["CGDCM", "CZlib", "DICOM", subprocess]),
        room("Migration"),
        room("JSONText", knows: ["Migration"]),
        room("LineProtocol", knows: ["Migration", "JSONText"]),
        room("Matching", knows: ["Migration"]),
        room("Orders", knows: ["DICOM", "DICOMNetwork", "Migration", nioCore, nioPosix, nioTLS, nioSSL, logging]),
        room("Media", knows: [crypto]),
        room("DICOMNetwork", knows: ["DICOM", nioCore, nioPosix, nioTLS, nioSSL]),
        room("Destinations", knows: ["DICOM", "DICOMNetwork", "Migration", crypto]),
        room("Ledger", knows: ["Migration"]),
        room("LedgerSQLite", knows: ["Ledger", "Migration", "JSONText", "CZlib", "CSQLite", grdb, grdbSQLite, crypto]),
        room("Coordination", knows: ["Migration", "Matching", "Ledger", "LineProtocol", collections]),
        room("Previews", knows: ["CZlib", "Ledger", "LineProtocol", "Migration", crypto]),
        room("Trust", knows: ["Migration", nioCore, nioSSL, x509, crypto]),
        room("LineServer", knows: ["Coordination", "Ledger", "LineProtocol", "Migration", "Previews", "Trust", nioCore, nioPosix, nioTLS, nioSSL, logging]),
        room("Console", knows: ["Coordination", "Destinations", "JSONText", "Ledger", "LineProtocol", "LineServer", "Matching", "Migration", "Orders", "Previews", "Trust", hummingbird, httpTypes, nioCore, logging]),
        room("Holding", knows: ["Migration", "LineProtocol"]),
        room("Gateway", knows: [
            "DICOM", "DICOMNetwork", "PixelCodec", "Media", "Destinations", "Holding", "LineProtocol", "Migration", "Trust",
            nioCore, nioPosix, nioTLS, nioSSL, crypto, logging,
        ]),
        room("Simulation", knows: ["Coordination", "Holding", "Ledger", "LedgerSQLite", "LineProtocol", "Migration", crypto]),
        room("ConfigurationFile", knows: [yams]),
        room("Terminal", knows: [arguments]),

        .executableTarget(
            name: "coordinator",
            dependencies: [
                "ConfigurationFile", "Console", "Coordination", "DICOMNetwork", "Destinations", "Ledger", "LedgerSQLite", "LineProtocol", "LineServer",
                "Migration", "Matching", "Orders", "Previews", "Terminal", "Trust", arguments, asyncHTTPClient, hummingbird, lifecycle, unixSignals, nioCore,
                logging,
            ],
            path: "coordinator", swiftSettings: strict),
        .executableTarget(
            name: "worker",
            dependencies: [
                "ConfigurationFile", "DICOM", "DICOMNetwork", "Destinations", "Gateway", "Holding", "JSONText", "LineProtocol", "Media",
                "Migration", "PixelCodec", "Terminal", "Trust", arguments, lifecycle, logging,
            ],
            path: "worker", swiftSettings: strict),
        .executableTarget(
            name: "simulator", dependencies: ["Simulation", "Terminal", arguments, subprocess], path: "simulator", swiftSettings: strict),

        tests(of: "DICOM"),
        tests(of: "Migration"),
        tests(of: "JSONText", knows: ["Migration"]),
        tests(of: "LineProtocol", knows: ["Migration"]),
        tests(of: "Matching", knows: ["Migration"]),
        tests(of: "Orders", knows: ["DICOM", "DICOMNetwork", "Migration", nioCore, nioEmbedded, nioPosix, nioTLS, logging]),
        tests(of: "Media"),
        tests(of: "PixelCodec", knows: ["DICOM"]),
        tests(of: "DICOMNetwork", knows: ["DICOM", nioCore, nioPosix]),
        tests(of: "Destinations", knows: ["DICOM", "DICOMNetwork", "Migration", nioCore, nioPosix], exclude: ["nasty_pacs.py"]),
        tests(of: "LedgerSQLite", knows: ["Ledger", "Matching", "Migration", "CSQLite", grdb], exclude: ["Released"]),
        tests(of: "Coordination", knows: ["Ledger", "LedgerSQLite", "LineProtocol", "Matching", "Migration", crypto, grdb]),
        tests(of: "Previews", knows: ["LineProtocol", "Migration", "PixelCodec", "CZlib"]),
        tests(of: "Trust", knows: ["Migration", nioSSL, x509, crypto]),
        tests(of: "LineServer", knows: ["Coordination", "Ledger", "LedgerSQLite", "LineProtocol", "Migration", "Previews", "Trust", nioCore, nioPosix, nioSSL]),
        tests(of: "Console", knows: ["Coordination", "Ledger", "LedgerSQLite", "LineProtocol", "LineServer", "Migration", "Orders", "Previews", "Trust", nioSSL]),
        tests(of: "Holding", knows: ["Migration", "LineProtocol"]),
        .testTarget(
            name: "CoordinatorTests",
            dependencies: [
                "coordinator", "ConfigurationFile", "Console", "Coordination", "Destinations", "Ledger", "LedgerSQLite", "LineProtocol", "LineServer", "Matching", "Migration", "Orders", "Previews",
                asyncHTTPClient, logging,
            ],
            path: "Tests/CoordinatorTests", exclude: ["image_manager.py"], swiftSettings: testing),
        tests(of: "Gateway", knows: [
            "DICOM", "DICOMNetwork", "PixelCodec", "Destinations", "Media", "Migration", "LineProtocol", "Holding", "Trust", crypto, nioCore, nioPosix, nioSSL,
        ]),
        tests(of: "ConfigurationFile"),
        tests(of: "Terminal"),
        .testTarget(
            name: "SimulationTests", dependencies: ["Simulation", "simulator"], path: "Tests/SimulationTests", swiftSettings: testing),
        .testTarget(name: "WorkerTests", dependencies: ["worker"], path: "Tests/WorkerTests", swiftSettings: testing),
        // Holds the whole tree to the rules of CONTRIBUTING.md; it knows no room.
        .testTarget(name: "StyleTests", path: "Tests/StyleTests", swiftSettings: testing),
    ] + fuzzers,
    cxxLanguageStandard: .cxx17
)
