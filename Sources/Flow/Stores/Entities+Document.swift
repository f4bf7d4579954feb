import Liquid

extension Organization {
    package init?(_ reader: DocumentReader) {
        _ = reader.optional("kind")
        let name = reader.optionalString("name")
        guard let id = reader.string("id") else { return nil }
        reader.finish()
        self.init(id: id, name: name)
    }
}

extension Store {
    package init?(_ reader: DocumentReader) {
        _ = reader.optional("kind")
        // `organization: null` takes a store out of its organization.
        let isAlone = reader.optional("organization")?.value.isNull == true
        let organization = isAlone ? nil : reader.optionalString("organization")
        let shopID = Self.shopID(reader)
        let isInstalled = reader.optionalBool("sluice_installed") ?? true
        let apps = reader.strings("apps")
        let weight = reader.optionalInteger("weight", in: Self.weights) ?? 1
        guard let domain = reader.string("domain") else { return nil }
        reader.finish()
        guard domain.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }),
            domain.utf8.count <= 255
        else {
            reader.report(
                "\(reader.join("domain")): “\(domain)” is no store domain, such as tea-house.myshopify.com")
            return nil
        }
        self.init(
            domain: domain, organization: organization, shopID: shopID, isSluiceInstalled: isInstalled,
            apps: Set(apps), weight: Int(weight))
    }
}

extension Store {
    /// Apps read it as a number or as text; anything else they would refuse, run after run.
    private static func shopID(_ reader: DocumentReader) -> JSON? {
        guard let node = reader.optional("shop_id") else { return nil }
        switch node.content {
        case .scalar(.integer), .scalar(.string): return node.value
        default:
            reader.report(
                "\(reader.join("shop_id")): a whole number or text should stand here, not \(node.kindName)",
                at: node.mark)
            return nil
        }
    }
}
