// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target: errors instead of warnings, and the checks that Swift 6 leaves optional.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

func target(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// In the order in which targets may import each other: each imports only what stands above it.
let package = Package(
    name: "sluice",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "sluice", targets: ["sluice"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        target("Kafka", ["CRdKafka", logging, metrics]),
        target("Workers", ["Kafka", deque, logging]),
        target("Outgoing", [deque, nio, nioHTTP, nioPosix, nioSSL, nioTLS]),
        target("Liquid", []),
        target("Flow", ["Liquid", crypto, yams]),
        target("Connectors", ["Flow", "Liquid", crypto, cryptoExtras], resources: [.copy("Apps")]),
        target("Registry", ["Kafka", "Flow", "Liquid", crypto, logging, lifecycle]),
        target(
            "Pipeline",
            [
                "Outgoing", "Workers", "Kafka", "Connectors", "Registry", "Flow", "Liquid", deque, lifecycle,
                logging, metrics,
            ]),
        target(
            "Gateway",
            [
                "Pipeline", "Registry", "Connectors", "Flow", "Liquid", crypto, hummingbird, hummingbirdCore,
                httpTypes,
                lifecycle, logging, nio, nioPosix,
            ]),
        target(
            "MockVendor",
            [
                "Flow", "Liquid", "Connectors", deque, hummingbird, httpTypes, lifecycle, logging, nio,
                nioPosix,
            ]),
        .executableTarget(
            name: "sluice",
            dependencies: [
                "Gateway", "Pipeline", "MockVendor", "Registry", "Connectors", "Outgoing", "Workers", "Kafka",
                "Flow", "Liquid", argumentParser,
                configuration, lifecycle, logging, unixSignals,
            ],
            swiftSettings: settings),
        target("TestSupport", [nio, nioPosix]),
        tests("OutgoingTests", ["Outgoing", "TestSupport", nio, nioHTTP, nioPosix, nioSSL, nioTLS]),
        tests("LiquidTests", ["Liquid"]),
        tests("FlowTests", ["Flow", "Liquid", "TestSupport"]),
        tests("KafkaTests", ["Kafka", logging]),
        tests("WorkersTests", ["Workers", "Kafka", "TestSupport"]),
        tests("ConnectorsTests", ["Connectors", "Flow", "Liquid", crypto]),
        tests("RegistryTests", ["Registry", "Connectors", "Kafka", "Flow", "Liquid", logging, lifecycle]),
        tests(
            "MockVendorTests",
            ["MockVendor", "Connectors", "Flow", "Liquid", crypto, logging, lifecycle, nio, nioPosix]),
        tests(
            "PipelineTests",
            [
                "Pipeline", "MockVendor", "Registry", "Connectors", "Outgoing", "Workers", "Kafka", "Flow",
                "Liquid", "TestSupport",
                logging, lifecycle,
            ]),
        tests(
            "GatewayTests",
            [
                "Gateway", "Pipeline", "Registry", "Connectors", "Workers", "Kafka", "Flow", "Liquid",
                hummingbird, lifecycle, logging, nio, nioPosix,
            ]),
        tests(
            "CommandTests",
            [
                "sluice", "Gateway", "Pipeline", "Workers", "MockVendor", "Registry", "Connectors",
                "Outgoing", "Kafka",
                "Flow",
                "Liquid", argumentParser,
                configuration, "TestSupport",
                logging,
            ]),
        tests(
            "ProgramTests",
            [
                "sluice", "MockVendor", "Connectors", "Outgoing", "Kafka", "Flow", "Liquid", logging,
                "TestSupport",
            ]),
        tests(
            "FuzzTests",
            [
                "sluice", "Gateway", "Pipeline", "MockVendor", "Registry", "Connectors", "Outgoing",
                "Workers", "Kafka", "Flow", "Liquid", "TestSupport", nio, nioEmbedded, nioHTTP,
            ]),
        tests("DocsTests", ["Connectors", "Flow"]),
        tests(
            "SimulationTests",
            ["Pipeline", "Connectors", "Workers", "Kafka", "Flow", "Liquid", "TestSupport"]),
        tests("TestSupportTests", ["TestSupport", nio, nioPosix]),
        tests(
            "BrokerTests",
            [
                "sluice", "Pipeline", "MockVendor", "Registry", "Connectors", "Workers", "Kafka", "Flow",
                "Liquid",
                "TestSupport", logging, lifecycle,
            ]),
    ]
)

// Programs that measure; built only for them, by the scripts under Benchmarks/.
if Context.environment["SLUICE_BENCHMARKS"] != nil {
    package.targets.append(
        .executableTarget(
            name: "waiting-set",
            dependencies: [
                "Pipeline", "MockVendor", "Registry", "Workers", "Kafka", "Flow", "Liquid", "TestSupport",
                argumentParser, logging,
            ],
            path: "Benchmarks/waiting-set/Sources", swiftSettings: settings))
}

// `make fuzz` builds one suite, optimized.
if Context.environment["SLUICE_FUZZ"] != nil {
    package.targets.removeAll { $0.isTest && $0.name != "FuzzTests" }
}
