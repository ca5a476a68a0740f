/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libpeas/peas.h>
#include <naru-plugin.h>

/* All of a plugin in C but its checks: a file that includes this defines judge() and says TEST_PLUGIN
 * (ON_LOAD). */
typedef struct
{
  GObject parent_instance;
} TestPlugin;

typedef struct
{
  GObjectClass parent_class;
} TestPluginClass;

#define TEST_PLUGIN_WITH(judge_function, on_load)                                                            \
  GType test_plugin_get_type (void);                                                                         \
  static void test_plugin_iface_init (NaruRuleSetInterface *iface) { iface->judge = judge_function; }        \
  G_DEFINE_DYNAMIC_TYPE_EXTENDED (TestPlugin, test_plugin, G_TYPE_OBJECT, 0,                                 \
                                  G_IMPLEMENT_INTERFACE_DYNAMIC (NARU_TYPE_RULE_SET,                         \
                                                                 test_plugin_iface_init))                    \
  static void test_plugin_class_init (TestPluginClass *class) {}                                             \
  static void test_plugin_class_finalize (TestPluginClass *class) {}                                         \
  static void test_plugin_init (TestPlugin *self) {}                                                         \
  G_MODULE_EXPORT void peas_register_types (PeasObjectModule *module);                                       \
  G_MODULE_EXPORT void peas_register_types (PeasObjectModule *module)                                        \
  {                                                                                                          \
    on_load;                                                                                                 \
    test_plugin_register_type (G_TYPE_MODULE (module));                                                      \
    peas_object_module_register_extension_type (module, NARU_TYPE_RULE_SET, test_plugin_get_type ());        \
  }

#define TEST_PLUGIN TEST_PLUGIN_WITH (judge, (void) 0)
