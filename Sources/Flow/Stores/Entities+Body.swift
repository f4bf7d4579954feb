import Liquid

// What the registry holds of an entity: the same as its reader takes, written one way only, so that equal entities
// have equal bodies.

extension Organization {
    package var body: JSON {
        .compact(["id": .string(id), "name": name.map { .string($0) }])
    }
}

extension Store {
    package var body: JSON {
        .compact([
            "domain": .string(domain),
            "organization": organization.map { .string($0) },
            "shop_id": shopID,
            "sluice_installed": .bool(isSluiceInstalled),
            "apps": .array(apps.sorted().map { .string($0) }),
            "weight": weight == 1 ? nil : .integer(Int64(weight)),
        ])
    }
}
