using CsCheck;
using Soc.Iommu;
using Soc.Memory;

namespace Soc.Actors.Tests.Pure;

/// <summary>Random values of what travels between an IOMMU and devices.</summary>
internal static class IommuMessages
{
    private static readonly Gen<uint> s_ids = Gen.UInt[0, 0xFFFFF];

    public static Gen<IommuRequest> Requests { get; } =
        Gen.Select(Gen.UInt[0, 0xFFFFFF], Gen.ULong, Gen.Enum<AccessKind>(), Gen.Enum<IommuAddressType>(), s_ids, Gen.Bool, Gen.Bool, Gen.Bool)
            .Select(x => new IommuRequest(x.Item1, x.Item2, x.Item3)
            {
                AddressType = x.Item4,
                HasProcessId = x.Item6,
                ProcessId = x.Item6 ? x.Item5 : 0,
                Supervisor = x.Item7,
                NoWrite = x.Item8,
            });

    public static Gen<IommuResponse> Responses { get; } =
        Gen.Select(
            Gen.Select(Gen.UInt[0, 0xFFFFFF], Gen.Bool, s_ids, Gen.Bool, Gen.UShort, Gen.Bool, s_ids, Gen.Bool),
            Gen.Select(Gen.ULong, Gen.Int[12, 64], Gen.Int[12, 64]),
            Gen.Select(Gen.Enum<IommuStatus>(), Gen.Enum<IommuFaultCause>(), Gen.ULong, Gen.Int[12, 64], Gen.Byte[0, 7], Gen.Bool, Gen.Int[0, 60]))
        .Select((ids, sizes, rest) => new IommuResponse
        {
            Status = rest.Item1,
            Cause = rest.Item2,
            Address = rest.Item3,
            Log2Size = rest.Item4,
            Permissions = (AccessKinds)rest.Item5,
            UntranslatedOnly = rest.Item6,
            Reads = rest.Item7,
            Tag = new TranslationTag(
                ids.Item1, ids.Item2, ids.Item3, ids.Item4, ids.Item5, ids.Item6, ids.Item7, ids.Item8, sizes.Item1, sizes.Item2, sizes.Item3),
        });

    public static Gen<IommuInvalidation> Invalidations { get; } =
        Gen.Select(
            Gen.Enum<IommuInvalidationKind>(),
            Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool),
            Gen.Select(Gen.UShort, s_ids, Gen.ULong, Gen.Int[12, 64], Gen.UInt[0, 0xFFFFFF], s_ids))
        .Select((kind, flags, values) => new IommuInvalidation(kind)
        {
            GuestValid = flags.Item1,
            ProcessValid = flags.Item2,
            AddressValid = flags.Item3,
            NonLeaf = flags.Item4,
            DeviceValid = flags.Item5,
            Gscid = values.Item1,
            Pscid = values.Item2,
            Address = values.Item3,
            AddressBits = values.Item4,
            DeviceId = values.Item5,
            ProcessId = values.Item6,
        });
}
