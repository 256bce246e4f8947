using Soc.Memory;

namespace Soc.Devices;

/// <summary>The answer of a device that an actor owns to an access of its registers.</summary>
/// <param name="Result">Ok, or Error for a width or alignment that the registers do not have.</param>
/// <param name="Value">What a load reads; 0 after a store.</param>
public readonly record struct DeviceAnswer(AccessResult Result, ulong Value);
