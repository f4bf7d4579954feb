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
        let organization = reader.optionalString("organization")
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

extension Connection {
    /// Reads a connection whose secrets are sealed, as they stand in the registry.
    package init?(_ reader: DocumentReader) {
        _ = reader.optional("kind")
        let store = reader.optionalString("store")
        let limits = RateLimit.read("limits", of: reader)
        let afterDeadLetter: AfterDeadLetter? = reader.choice("after_dead_letter")
        let secrets = reader.list("sealed_secrets").enumerated().compactMap { index, node in
            let item = reader.reader(of: node, "\(reader.join("sealed_secrets"))[\(index)]")
            guard let key = item.string("key_id"), let sealed = item.string("sealed") else {
                return SealedText?.none
            }
            return SealedText(keyID: key, sealed: sealed)
        }
        guard let connector = reader.string("connector"), let endpoint = reader.string("endpoint") else {
            return nil
        }
        reader.finish()
        self.init(
            connector: connector, store: store, endpoint: endpoint, secrets: secrets, limits: limits,
            afterDeadLetter: afterDeadLetter ?? .continue)
    }
}
