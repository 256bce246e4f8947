using Soc.Memory;

namespace Soc.Memory.Tests.Support;

/// <summary>An IOMMU region whose answer is a function given by the test.</summary>
public sealed class Translator(string name, int owner, Func<ulong, AccessKind, int, IommuTranslation> translate) : IommuRegion(name, 0, owner)
{
    public int Calls { get; private set; }

    public override int IndexCount => 4;

    public override InvalidationRegistry Registry { get; } = new();

    public override object Snapshot => this;

    public override int IndexOf(TransactionAttributes attributes) => attributes.WorldId & 3;

    public override IommuTranslation Translate(ulong offset, AccessKind kind, int index)
    {
        Calls++;
        return translate(offset, kind, index);
    }
}
