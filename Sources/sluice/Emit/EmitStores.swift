// The stores of test events.

import ArgumentParser
import Flow

/// `--store`, `--stores`, `--all-stores`.
struct EmitStores: ParsableArguments {
    @Option(help: ArgumentHelp("The store's domain. May be repeated.", valueName: "domain"))
    var store: [String] = []

    @Option(
        help: ArgumentHelp(
            "Spread over that many made-up stores: store-0001.myshopify.com …; those that the registry lacks are refused.",
            valueName: "n")
    )
    var stores: Int?

    @Flag(help: "Spread over all stores of the registry.")
    var allStores = false

    func validate() throws {
        guard [!store.isEmpty, stores != nil, allStores].count(where: { $0 }) == 1 else {
            throw ValidationError("name the store: one of --store DOMAIN, --stores N and --all-stores")
        }
        if let stores { try OptionRange.check(stores, in: 1...10_000_000, option: "--stores") }
        for domain in store where domain.isEmpty || !domain.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            throw ValidationError("“\(domain)” is no store's domain, such as tea-house.myshopify.com")
        }
    }

    func names(_ settings: Settings) async throws -> StoreNames {
        if let stores { return .numbered(stores) }
        guard allStores else { return .named(store) }
        let domains = try await RegistryAccess.directory(settings).stores.keys.sorted()
        guard !domains.isEmpty else {
            throw CommandError.failed(
                "the registry has no stores",
                do: "write some with: sluice apply -f PATH; or give --store DOMAIN")
        }
        return .named(domains)
    }
}
